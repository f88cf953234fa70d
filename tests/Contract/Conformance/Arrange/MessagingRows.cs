using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>Text messages, and what numbers need before they are sent from them.</summary>
internal static class MessagingRows
{
    private const string Verification = """
        {"phoneNumbers": [{"phoneNumber": "$toll_free"}], "businessContactEmail": "$unique@example.com", "businessContactPhone": "$stranger",
         "corporateWebsite": "https://example.com", "optInWorkflowImageURLs": [{"url": "https://example.com/consent.png"}]}
        """;
    private const string Sent = """
        {"from": "$texting_from", "to": "$texting_to", "text": "$unique", "send_at": "$later", "messaging_profile_id": null}
        """;
    // Files are fetched before the answer; MessageFileTests serve some. With a subject it would be no SMS: the group's message has one.
    private const string WithHooks =
        """{"type": "SMS", "subject": null, "media_urls": null, "webhook_url": "$hook", "webhook_failover_url": "$hook"}""";
    // Sent as texts, and answered as objects.
    private static readonly string[] Parties = ["from", "to"];
    private static int _tollFree, _shortCode = 70_000;

    public static readonly Area Area = new(
    [
        new("SubmitVerificationRequest", Verification) { Full = """{"webhookUrl": "$hook"}""", IsAlone = true },
        new("ListVerificationRequests")
        {
            Thing = "$SubmitVerificationRequest", Query = "page=1&page_size=250", Update = Verification,
            FullUpdate = """{"webhookUrl": "$hook"}""",
        },
        new("CreateMessagingProfile", """{"name": "$unique", "whitelisted_destinations": ["US"]}""")
        {
            Full = """
                {"webhook_api_version": "2", "webhook_url": "$hook", "webhook_failover_url": "$hook", "smart_encoding": true,
                 "mms_fall_back_to_sms": true,
                 "number_pool_settings": {"toll_free_weight": 1, "long_code_weight": 2, "skip_unhealthy": true}}
                """,
        },
        new("ListProfilePhoneNumbers") { Path = ["$CreateMessagingProfile"], Thing = "$texting_number" },
        new("ListProfileShortCodes") { Path = ["$CreateMessagingProfile"], IsAlone = true },
        new("ListShortCodes")
        {
            Thing = "$short_code", Update = """{"messaging_profile_id": "$CreateMessagingProfile"}""",
        },
        new("ListPhoneNumbersWithMessagingSettings") { Thing = "$texting_number" },
        new("GetPhoneNumberMessagingSettings") { Path = ["$texting_number"] },
        new("UpdatePhoneNumberMessagingSettings", """{"messaging_profile_id": "$CreateMessagingProfile"}""")
        {
            Path = ["$texting_number"], Full = """{"messaging_product": "A2P", "tags": ["sales"]}""",
        },
        new("BulkUpdateMessagingSettingsOnPhoneNumbers", """{"messaging_profile_id": "$CreateMessagingProfile", "numbers": ["$number"]}""")
        {
            Id = "order_id", Unlike = ["pending", "success", "failed"],
        },
        new("SendMessage", Sent) { Full = WithHooks, Unlike = Parties, IsAlone = true },
        new("CreateGroupMmsMessage", """{"from": "$texting_from", "to": ["$texting_to", "$texting_third"], "text": "$unique"}""")
        {
            Full = """{"media_urls": null, "webhook_url": "$hook", "webhook_failover_url": "$hook"}""", Unlike = Parties,
        },
        new("CreateLongCodeMessage", """{"from": "$texting_from", "to": "$texting_to", "text": "$unique"}""")
        {
            Full = WithHooks, Unlike = Parties,
        },
        new("CreateNumberPoolMessage", """{"messaging_profile_id": "$pooled_profile", "to": "$texting_to", "text": "$unique"}""")
        {
            Full = WithHooks, Unlike = Parties,
        },
        new("CreateShortCodeMessage", """{"from": "$texting_code", "to": "$texting_to", "text": "$unique"}""")
        {
            Full = WithHooks, Unlike = Parties,
        },
        new("ScheduleMessage", Sent) { Full = WithHooks, Unlike = Parties },
        new("GetMessage") { Path = ["$SendMessage"] },
        new("CancelMessage") { Path = ["$ScheduleMessage"] },
        new("ListOptOuts") { Thing = "$opted_out", Id = "to" },
        new("CreateAutorespConfig", """{"op": "stop", "keywords": ["$unique"], "country_code": "US"}""")
        {
            Path = ["$answering_profile"], Full = """{"resp_text": "$unique"}""",
        },
        // Only what the operator has rejected goes.
        new("DeleteVerificationRequest") { Path = ["$rejected_verification"] },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            ["texting_from"] = words => words.Node.KeepAsync("texts from", () => TextingAsync(words, null)),
            ["texting_to"] = words => words.Node.KeepAsync("texts to", () => TextingAsync(words, null)),
            ["texting_third"] = words => words.Node.KeepAsync("texts in a group", () => TextingAsync(words, null)),
            // One profile for all of its answers, so that they are listed together.
            ["answering_profile"] = words => words.Node.KeepAsync("answering profile",
                () => words.MakeAsync("CreateMessagingProfile", """{"name": "answers"}""")),
            // A profile whose numbers are a pool, with one.
            ["pooled_profile"] = async words =>
            {
                string profile = await words.MakeAsync("CreateMessagingProfile", """
                    {"name": "pool", "number_pool_settings": {"toll_free_weight": 1, "long_code_weight": 1, "skip_unhealthy": false}}
                    """);
                await TextingAsync(words, profile);
                return profile;
            },
            // Somebody who has written stop to a number of the account.
            ["opted_out"] = async words =>
            {
                string from = await words.FillAsync("$texting_from"), to = await words.FillAsync("$texting_to");
                var sent = await words.Node.Owner.SendAsync("POST", "/v2/messages",
                    Ask.Json(new JsonObject { ["from"] = from, ["to"] = to, ["text"] = "STOP" }));
                Assert.True(sent.Status == 200, sent.ToString());
                await Eventually.SomeAsync(async () =>
                    (await words.Node.Owner.GetAsync($"/v2/messages/{sent.Data!["id"]}")).Data is var shown
                    && (string?)shown!["to"]![0]!["status"] == "delivered" ? shown : null, "the message is delivered");
                return from;
            },
            // The id of an own number that is on a messaging profile.
            ["texting_number"] = async words =>
            {
                string number = words.Node.NextNumber(), profile = await words.FillAsync("$CreateMessagingProfile");
                var changed = await words.Node.Owner.SendAsync("PATCH", $"/v2/phone_numbers/{Uri.EscapeDataString(number)}/messaging",
                    Ask.Json(new JsonObject { ["messaging_profile_id"] = profile }));
                Assert.True(changed.Status == 200, changed.ToString());
                return (string)changed.Data!["id"]!;
            },
            ["short_code"] = async words => (string)(await CodeAsync(words))["id"]!,
            ["texting_code"] = words => words.Node.KeepAsync("texts from a short code",
                async () => (string)(await CodeAsync(words))["short_code"]!),
            // A toll-free number of the account that nothing else uses.
            ["toll_free"] = async words =>
            {
                string number = string.Create(CultureInfo.InvariantCulture, $"+1833555{Interlocked.Increment(ref _tollFree):D4}");
                await words.Node.CommandAsync("node/numbers",
                    new() { ["numbers"] = new JsonArray(new JsonObject { ["number"] = number }) });
                return number;
            },
            ["rejected_verification"] = async words =>
            {
                string id = await words.FillAsync("$SubmitVerificationRequest");
                var waits = await WaitingAsync(words, id);
                await words.Node.Commands.SendAsync(HttpMethod.Post,
                    $"operator/v1/accounts/{waits["account_id"]}/decisions/toll_free_verification/{id}",
                    new JsonObject
                    {
                        ["move"] = "rejected", ["revision"] = (long)waits["revision"]!, ["reason"] = "The consent page is empty."
                    }, TestContext.Current.CancellationToken);
                return id;
            },
            ["revision_of_verification"] = async words =>
                $"{(long)(await WaitingAsync(words, await words.FillAsync("$SubmitVerificationRequest")))["revision"]!}",
        },
    };

    /// <summary>What the operator is to decide on, as his desk shows it.</summary>
    private static async Task<JsonNode> WaitingAsync(Words words, string id)
    {
        var desk = await words.Node.Commands.SendAsync(HttpMethod.Get, "operator/v1/decisions?page[size]=250", null,
            TestContext.Current.CancellationToken);
        return desk["data"]!.AsArray().First(d => (string?)d!["id"] == id)!;
    }

    /// <summary>An own number that is on a messaging profile: this one, or a new one.</summary>
    private static async Task<string> TextingAsync(Words words, string? profile)
    {
        string number = words.Node.NextNumber();
        profile ??= await words.MakeAsync("CreateMessagingProfile", """{"name": "texts", "whitelisted_destinations": ["*"]}""");
        var changed = await words.Node.Owner.SendAsync("PATCH", $"/v2/phone_numbers/{Uri.EscapeDataString(number)}/messaging",
            Ask.Json(new JsonObject { ["messaging_profile_id"] = profile }));
        Assert.True(changed.Status == 200, changed.ToString());
        return number;
    }

    /// <summary>A short code that the operator gives to the account, on a messaging profile.</summary>
    private static async Task<JsonNode> CodeAsync(Words words)
    {
        string profile = await words.MakeAsync("CreateMessagingProfile", """{"name": "codes", "whitelisted_destinations": ["*"]}""");
        var given = await words.Node.Commands.SendAsync(HttpMethod.Post, "operator/v1/short_codes", new JsonObject
        {
            ["account"] = "default", ["short_code"] = Interlocked.Increment(ref _shortCode).ToString(CultureInfo.InvariantCulture),
        }, TestContext.Current.CancellationToken);
        var put = await words.Node.Owner.SendAsync("PATCH", $"/v2/short_codes/{given["data"]!["id"]}",
            Ask.Json(new JsonObject { ["messaging_profile_id"] = profile }));
        Assert.True(put.Status == 200, put.ToString());
        return put.Data!;
    }
}
