/*
 * records_keys: the records of actions on access keys, passwords, devices and other credentials;
 * see records_test.c, which names the sources.
 */
#ifndef RECORDS_KEYS_H
#define RECORDS_KEYS_H

#include "records_kit.h"

static const struct record_row of_keys[] = {
	/* [1], [2] aws.persistence.iam-backdoor-user.json */
	RECORD_WRITE("CreateAccessKey&UserName=eve", "{\"userName\":\"eve\"}",
	    "{\"accessKey\":{\"userName\":\"eve\",\"accessKeyId\":\"~\","
	    "\"status\":\"Active\",\"createDate\":\"~\"}}"),
	RECORD_WRITE("CreateAccessKey", NULL,
	    "{\"accessKey\":{\"accessKeyId\":\"~\",\"status\":\"Active\","
	    "\"createDate\":\"~\"}}"),
	/* [1] */
	RECORD_READ("ListAccessKeys", NULL),
	RECORD_READ("ListAccessKeys&UserName=eve", "{\"userName\":\"eve\"}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_READ("GetAccessKeyLastUsed&AccessKeyId=" USER_KEY,
	    "{\"accessKeyId\":\"" USER_KEY "\"}"),
	RECORD_WRITE("UpdateAccessKey&UserName=eve&AccessKeyId=" USER_KEY "&Status=Inactive",
	    "{\"userName\":\"eve\",\"accessKeyId\":\"" USER_KEY "\",\"status\":\"Inactive\"}",
	    NULL),
	/* [1] */
	RECORD_WRITE("DeleteAccessKey&UserName=eve&AccessKeyId=" USER_KEY,
	    "{\"userName\":\"eve\",\"accessKeyId\":\"" USER_KEY "\"}", NULL),
	/* [1], [2] aws.persistence.iam-create-user-login-profile.json */
	RECORD_WRITE("CreateLoginProfile&UserName=eve&Password=Swordfish-1234&"
		     "PasswordResetRequired=false",
	    "{\"userName\":\"eve\",\"passwordResetRequired\":false}",
	    "{\"loginProfile\":{\"userName\":\"eve\",\"createDate\":\"~\","
	    "\"passwordResetRequired\":false}}"),
	/* [1] */
	RECORD_READ("GetLoginProfile&UserName=eve", "{\"userName\":\"eve\"}"),
	/* [2] aws.privilege-escalation.iam-update-user-login-profile.json */
	RECORD_WRITE("UpdateLoginProfile&UserName=eve&Password=Swordfish-5678",
	    "{\"userName\":\"eve\"}", NULL),
	RECORD_WRITE("UpdateLoginProfile&UserName=eve&PasswordResetRequired=false",
	    "{\"userName\":\"eve\",\"passwordResetRequired\":false}", NULL),
	/* [1], [2] aws.persistence.iam-create-user-login-profile.json */
	RECORD_WRITE("DeleteLoginProfile&UserName=eve", "{\"userName\":\"eve\"}", NULL),
	RECORD_WRITE_REFUSED("DeleteLoginProfile&UserName=eve", "{\"userName\":\"eve\"}",
	    "NoSuchEntityException"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE_REFUSED("ChangePassword&OldPassword=Swordfish-5678&"
			     "NewPassword=Swordfish-9999",
	    NULL, "InvalidUserTypeException"),
	RECORD_WRITE("CreateVirtualMFADevice&Path=/&VirtualMFADeviceName=phone" RED_SENT,
	    "{\"path\":\"/\",\"virtualMFADeviceName\":\"phone\"," RED "}",
	    "{\"virtualMFADevice\":{\"serialNumber\":\"" DEVICE "\"," RED "}}"),
	RECORD_WRITE_REFUSED("EnableMFADevice&UserName=eve&SerialNumber=" DEVICE
			     "&AuthenticationCode1=123456&AuthenticationCode2=654321",
	    "{\"userName\":\"eve\",\"serialNumber\":\"" DEVICE "\"}",
	    "InvalidAuthenticationCodeException"),
	RECORD_WRITE_REFUSED("ResyncMFADevice&UserName=eve&SerialNumber=" DEVICE
			     "&AuthenticationCode1=123456&AuthenticationCode2=654321",
	    "{\"userName\":\"eve\",\"serialNumber\":\"" DEVICE "\"}", "NoSuchEntityException"),
	RECORD_READ_REFUSED("GetMFADevice&SerialNumber=" DEVICE "&UserName=eve",
	    "{\"userName\":\"eve\",\"serialNumber\":\"" DEVICE "\"}", "NoSuchEntityException"),
	RECORD_WRITE_REFUSED("DeactivateMFADevice&UserName=eve&SerialNumber=" DEVICE,
	    "{\"userName\":\"eve\",\"serialNumber\":\"" DEVICE "\"}", "NoSuchEntityException"),
	/* [1] */
	RECORD_READ_REFUSED("ListMFADevices", NULL, "ValidationError"),
	RECORD_READ("ListMFADevices&UserName=eve", "{\"userName\":\"eve\"}"),
	RECORD_READ("ListVirtualMFADevices&AssignmentStatus=Assigned",
	    "{\"assignmentStatus\":\"Assigned\"}"),
	/* None was found; by the service model and the form of its neighbours. */
	RECORD_WRITE("TagMFADevice&SerialNumber=" DEVICE
		     "&Tags.member.1.Key=a&Tags.member.1.Value=b",
	    "{\"serialNumber\":\"" DEVICE "\",\"tags\":[{\"key\":\"a\",\"value\":\"b\"}]}", NULL),
	RECORD_WRITE("UntagMFADevice&SerialNumber=" DEVICE "&TagKeys.member.1=a",
	    "{\"serialNumber\":\"" DEVICE "\",\"tagKeys\":[\"a\"]}", NULL),
	RECORD_READ("ListMFADeviceTags&SerialNumber=" DEVICE, "{\"serialNumber\":\"" DEVICE "\"}"),
	RECORD_WRITE("DeleteVirtualMFADevice&SerialNumber=" DEVICE,
	    "{\"serialNumber\":\"" DEVICE "\"}", NULL),
	/* [1] */
	RECORD_READ("ListSSHPublicKeys", NULL),
	RECORD_READ("ListSSHPublicKeys&UserName=eve", "{\"userName\":\"eve\"}"),
	RECORD_READ("ListSigningCertificates&UserName=eve", "{\"userName\":\"eve\"}"),
	RECORD_READ("ListServiceSpecificCredentials&UserName=eve", "{\"userName\":\"eve\"}"),
};

#endif
