/*
 * records_account: the records of actions on identity providers and the account; see
 * records_test.c, which names the sources.
 */
#ifndef RECORDS_ACCOUNT_H
#define RECORDS_ACCOUNT_H

#include "records_kit.h"

static const struct record_row of_account[] = {
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("CreateOpenIDConnectProvider&Url=https://token.example.com&"
		     "ClientIDList.member.1=sts.amazonaws.com&ThumbprintList.member.1=" THUMBPRINT,
	    "{\"url\":\"https://token.example.com\","
	    "\"clientIDList\":[\"sts.amazonaws.com\"],\"thumbprintList\":[\"" THUMBPRINT "\"]}",
	    "{\"openIDConnectProviderArn\":\"" PROVIDER "\"}"),
	RECORD_READ("GetOpenIDConnectProvider&OpenIDConnectProviderArn=" PROVIDER,
	    "{\"openIDConnectProviderArn\":\"" PROVIDER "\"}"),
	RECORD_READ("ListOpenIDConnectProviders", NULL),
	RECORD_WRITE("AddClientIDToOpenIDConnectProvider&OpenIDConnectProviderArn=" PROVIDER
		     "&ClientID=web",
	    "{\"openIDConnectProviderArn\":\"" PROVIDER "\",\"clientID\":\"web\"}", NULL),
	RECORD_WRITE("RemoveClientIDFromOpenIDConnectProvider&OpenIDConnectProviderArn=" PROVIDER
		     "&ClientID=web",
	    "{\"openIDConnectProviderArn\":\"" PROVIDER "\",\"clientID\":\"web\"}", NULL),
	RECORD_WRITE("UpdateOpenIDConnectProviderThumbprint&OpenIDConnectProviderArn=" PROVIDER
		     "&ThumbprintList.member.1=" THUMBPRINT,
	    "{\"openIDConnectProviderArn\":\"" PROVIDER "\",\"thumbprintList\":[\"" THUMBPRINT
	    "\"]}",
	    NULL),
	RECORD_WRITE("TagOpenIDConnectProvider&OpenIDConnectProviderArn=" PROVIDER
		     "&Tags.member.1.Key=a&Tags.member.1.Value=b",
	    "{\"openIDConnectProviderArn\":\"" PROVIDER
	    "\",\"tags\":[{\"key\":\"a\",\"value\":\"b\"}]}",
	    NULL),
	RECORD_WRITE("UntagOpenIDConnectProvider&OpenIDConnectProviderArn=" PROVIDER
		     "&TagKeys.member.1=a",
	    "{\"openIDConnectProviderArn\":\"" PROVIDER "\",\"tagKeys\":[\"a\"]}", NULL),
	RECORD_READ("ListOpenIDConnectProviderTags&OpenIDConnectProviderArn=" PROVIDER,
	    "{\"openIDConnectProviderArn\":\"" PROVIDER "\"}"),
	RECORD_WRITE("DeleteOpenIDConnectProvider&OpenIDConnectProviderArn=" PROVIDER,
	    "{\"openIDConnectProviderArn\":\"" PROVIDER "\"}", NULL),
	/* Several projects have a record of the console's, of 2018-06-15. */
	RECORD_WRITE("UpdateAccountPasswordPolicy&MinimumPasswordLength=14&"
		     "RequireSymbols=true&MaxPasswordAge=90&PasswordReusePrevention=24&"
		     "HardExpiry=false",
	    "{\"minimumPasswordLength\":14,\"requireSymbols\":true,"
	    "\"maxPasswordAge\":90,\"passwordReusePrevention\":24,"
	    "\"hardExpiry\":false}",
	    NULL),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_READ("GetAccountPasswordPolicy", NULL),
	RECORD_WRITE("DeleteAccountPasswordPolicy", NULL, NULL),
	RECORD_READ_REFUSED("GetAccountPasswordPolicy", NULL, "NoSuchEntityException"),
	RECORD_WRITE("CreateAccountAlias&AccountAlias=my-company",
	    "{\"accountAlias\":\"my-company\"}", NULL),
	RECORD_READ("ListAccountAliases", NULL),
	RECORD_WRITE("DeleteAccountAlias&AccountAlias=my-company",
	    "{\"accountAlias\":\"my-company\"}", NULL),
	/* [1] */
	RECORD_READ("GetAccountSummary", NULL),
	RECORD_READ("GetAccountAuthorizationDetails", NULL),
	RECORD_READ("GetAccountAuthorizationDetails&Filter.member.1=User",
	    "{\"filter\":[\"User\"]}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("GenerateCredentialReport", NULL, "{\"state\":\"COMPLETE\"}"),
	RECORD_READ("GetCredentialReport", NULL),
	RECORD_READ("ListServerCertificates", NULL),
	RECORD_READ("ListSAMLProviders", NULL),
};

#endif
