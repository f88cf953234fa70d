using Ringwright.Http;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>What the operator makes, for all accounts and for one.</summary>
internal static class OperatorThings
{
    public static readonly IReadOnlyList<ThingRow> Rows =
    [
        // A documentation address (RFC 5737) that is not looked at: nothing is behind it.
        new("CreateTrunk", """{"name": "$unique", "host": "198.51.100.7", "probe_seconds": 0}""")
        {
            List = "ListTrunks", Read = "GetTrunk", Update = "UpdateTrunk", Change = """{"name": "$unique2"}""", Delete = "DeleteTrunk",
            // One whose far end answers.
            Acts = [new("TestTrunk") { Path = ["$carrier_trunk"] }],
            IsDear = true,
        },
        new("CreateRoute", """{"trunk_id": "$CreateTrunk", "prefix": "+1999"}""")
        {
            List = "ListRoutes", Read = "GetRoute", Update = "UpdateRoute", Change = """{"priority": 417}""", Delete = "DeleteRoute",
            IsDear = true,
        },
        new("CreateTextCarrier", """
            {"name": "$unique", "host": "198.51.100.7", "system_id": "walk", "password": "secret", "prefixes": ["+999"], "enabled": false}
            """)
        {
            List = "ListTextCarriers", Read = "GetTextCarrier", Update = "UpdateTextCarrier", Change = """{"priority": 417}""",
            Delete = "DeleteTextCarrier", IsDear = true,
        },
        new("CreateRateDeck", """{"name": "$unique"}""")
        {
            List = "ListRateDecks", Read = "GetRateDeck", Update = "UpdateRateDeck", Change = """{"name": "$unique2"}""",
            Acts =
            [
                new("ImportRates", "prefix,price,initial,increment\n1312,0.0100,60,60\n", "currency=USD") { MediaType = "text/csv" },
                new("FindRates", Query: "number=%2B13125550100"),
            ],
            Delete = "DeleteRateDeck", IsDear = true,
        },
        new("AddShortCode", """{"account": "$name", "short_code": "$digits"}""")
        {
            Id = "short_code", List = "ListShortCodes", Delete = "RemoveShortCode", StaysRead = true,     // five digits may stand anywhere
        },
        new("AddRegistryNumbers", """{"load_id": "$uuid", "prefix": "+1312", "phone_numbers": ["+13125550123"]}""")
        {
            Id = "load_id",
            Acts =
            [
                new("ReplaceRegistry", """{"load_id": "$uuid", "prefix": "+1312", "taken_at": "2025-01-31"}""") { Path = ["$unique"] },
                new("ListRegistries"), new("RemoveRegistry") { Path = ["$unique"] },
            ],
            IsDear = true,
        },
        new("AddContentRule", """{"phrase": "$unique"}""")
        {
            List = "ListContentRules", Delete = "RemoveContentRule", IsDear = true,
        },
        new("AddDoNotCall", """{"phone_number": "+13125550199"}""")
        {
            Id = "phone_number", List = "ListDoNotCall", Read = "LookUpDoNotCall", Delete = "RemoveDoNotCall", StaysRead = true,
            Acts = [new("ImportDoNotCall", """{"account_id": "$account", "entries": [{"phone_number": "+13125550197"}]}""")],
            IsDear = true,
        },
        new("AddConsent", """{"kind": "express", "phone_number": "+13125550112", "source": "a form"}""")
        {
            List = "ListConsents", Acts = [new("RevokeConsents", """{"phone_number": "+13125550112", "revoked_by": "the walk"}""")],
        },
        new("CreateAccount", """{"name": "$unique"}""")
        {
            List = "ListAccounts", Read = "GetAccount", Update = "UpdateAccount", Change = """{"channels": 417}""",
            Acts =
            [
                new("SetTextPolicy", """{"stop_means_do_not_call": true}"""), new("GetTextPolicy"), new("RemoveTextPolicy"),
                new("SetAccountPolicies", """{"number_order": "desk"}"""), new("GetAccountPolicies"),
                new("SetPolicies", """{"number_order": "auto:0"}"""), new("GetPolicies"),
                new("GetBalance"), new("AddPayment", """{"amount": "1.00", "currency": "USD"}"""), new("ListAccessNetworks"),
                new("ClearAccessNetworks"), new("ListWarnings"), new("ListWebhookDeliveries"), new("ReplaceAuthToken"), new("StopAccount"),
                new("UpdateBalance", """{"credit_limit": "5.00", "currency": "USD"}"""), new("ListBalances"), new("ListPaymentRequests"),
                new("ListPhones"), new("ListRefusedRegistrations"),
                new("ListMailboxes"), new("ListLiveConferences"), new("ListLiveQueues"), new("ListDecisions"), new("ListLiveCalls"),
                new("ListEndedCalls"), new("ListStreams"), new("ListRefusedCalls"), new("ListRefusedDials"),
                new("GetClock"), new("ListAddresses"),
                new("ShareAddress", """{"address": "198.51.100.9"}"""), new("UnshareAddress", """{"address": "198.51.100.9"}"""),
                new("ImportStock", """{"numbers": [{"phone_number": "+131220$digits"}]}"""), new("ListStock"),
                new("GetStockNumber") { Path = ["+131220$digits"] },
                new("UpdateStockNumber", """{"locality": "CHICAGO"}""") { Path = ["+131220$digits"] },
                new("WithdrawStockNumber") { Path = ["+131220$digits"] }, new("OfferStockNumber") { Path = ["+131220$digits"] },
                // Who looks for a number in another walk is not to find this one.
                new("WithdrawStockNumber") { Path = ["+131220$digits"] },
                new("ExplainRoute", Query: "from=%2B13125550111&to=%2B13125550100"), new("ListAgencyProviders"),
                new("RemoveAccessNetwork") { IsOfFirst = true, Path = ["$CreateAccessIPRange"] },
                new("ApprovePaymentRequest") { Path = ["$payment_request"] },
                new("RejectPaymentRequest") { Path = ["$payment_request2"] },
                new("GetText") { IsOfFirst = true, Path = ["$SendMessage"] },
                new("Decide", """{"move": "rejected", "revision": $revision_of_verification, "reason": "The consent page is empty."}""")
                {
                    IsOfFirst = true, Path = ["toll_free_verification", "$SubmitVerificationRequest"]
                },
            ],
            IsDear = true,
        },
        new("CreateBundle", """{"name": "$unique", "cost_code": "$unique", "price": "1.00"}""")
        {
            List = "ListBundles", Update = "UpdateBundle", Change = """{"active": false}""",
        },
        new("AddVerifiedNumber", """{"account": "$name", "phone_number": "+13125550120"}""")
        {
            Id = "phone_number", List = "ListVerifiedNumbers", Acts = [new("RemoveVerifiedNumber") { Path = ["+13125550120"] }],
        },
        new("CreateAdministrator", """{"email": "$unique@example.com"}""")
        {
            Id = "email",
            Acts =
            [
                new("SaveSnapshot", """{"path": "$file", "account_id": "$CreateAccount"}""") { IsOnSocket = true },
                new("LoadSnapshot", """{"path": "$file", "replace": true}""") { IsOnSocket = true },
            ],
        },
        new("CreateKey", """{"account_id": "$account", "role": "reader", "label": "$unique"}""")
        {
            List = "ListKeys", Acts = [new("RevokeKey")],
        },
        new("CreateNumber", """{"phone_number": "+13125550111"}""")
        {
            List = "ListNumbers", Read = "GetNumber", Update = "UpdateNumber", Change = """{"country": "US"}""",
            Acts =
            [
                new("ListVoiceMessages"),
                new("FetchVoiceMessage")
                {
                    IsOfFirst = true, Path = ["$voicemail_number", "$voice_message"], Shows = SampleMessages.Sound,
                },
                new("DeleteVoiceMessage")
                {
                    IsOfFirst = true, Path = ["$voicemail_number", "$voice_message"], Shows = "$voice_message",
                },
                new("FetchVoiceMessage")
                {
                    IsOfFirst = true, Path = ["$voicemail_number", "$voice_message"], Fault = Fault.UnknownResource,
                },
                new("ImportNumbers", """{"numbers": [{"phone_number": "+13125550118"}]}"""),
                new("PortNumber", """{"phone_number": "+13125550111", "ported_out": false}"""),
            ],
            Delete = "DeleteNumber",
        },
        new("CreateCampaign", """{"name": "$unique", "from": ["+13125550115"], "message": "Good day."}""")
        {
            List = "ListCampaigns", Read = "GetCampaign", Acts =
            [
                new("AddTargets", """{"targets": [{"phone_number": "+13125550117"}]}"""), new("ListTargets"), new("ListAttempts"),
                new("ResetTargets"), new("StartCampaign"), new("StopCampaign"),
            ],
        },
        new("CreateConnection", """{"kind": "application", "name": "$unique", "webhook_url": "https://example.com/hooks"}""")
        {
            List = "ListConnections", Read = "GetConnection", Update = "UpdateConnection", Change = """{"name": "$unique2"}""",
            Acts =
            [
                new("CreateConnection", """
                    {"kind": "credential", "name": "$unique3", "user_name": "walk$digits", "password": "secret-of-walk"}
                    """),
                new("SetPhoneMessages", """{"new": 2, "urgent_new": 1}""") { Path = ["walk$digits"] },
                new("GetPhoneMessages") { Path = ["walk$digits"] },
            ],
            Delete = "DeleteConnection",
        },
        new("CreateWebhookReplay", """{"event_type": "call.hangup"}""")
        {
            Read = "GetWebhookReplay", Acts = [new("ReplayWebhook") { IsOfFirst = true, Path = ["$delivery"] }, new("FollowEvents")],
        },
        new("PlaceTestCall", """{"account_id": "$account", "to": "$answers"}""")
        {
            Id = "leg",
            Acts =
            [
                new("ListCallEvents"), new("HangUpCall"),
                new("GetCallTrace") { Path = ["$call"] }, new("GetCallFaces") { Path = ["$call"] },
                new("GetLiveConference") { Path = ["$conference"] }, new("ListLiveParticipants") { Path = ["$conference"] },
                new("GetLiveQueue") { Path = ["$queue_id"] }, new("ListQueuedCalls") { Path = ["$queue_id"] },
            ],
            IsDear = true,
        },
        new("CreateProfile", """{"name": "$unique"}""")
        {
            List = "ListProfiles", Read = "GetProfile", Update = "UpdateProfile", Change = """{"name": "$unique2"}""",
            Delete = "DeleteProfile",
        },
        new("CreateDocument", """{"name": "$unique", "content": "<Response><Hangup/></Response>"}""")
        {
            List = "ListDocuments", Read = "GetDocument", Update = "UpdateDocument", Change = """{"name": "$unique2"}""",
            Delete = "DeleteDocument",
        },
    ];
}
