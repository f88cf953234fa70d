using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx.Messaging;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Toll-free verification from the request to the operator's decision and beyond, over HTTP.</summary>
public sealed class TollFreeTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Path = "/v2/messaging_tollfree/verification/requests";
    private static int _numbers;

    private async Task<string> NumberAsync(string prefix = "+1844555", bool isStrangers = false)
    {
        string text = $"{prefix}{Interlocked.Increment(ref _numbers):D4}";
        var made = await host.SendAsync("POST", $"/operator/v1/accounts/{(isStrangers ? host.Stranger : host.Tenant)}/numbers",
            $$"""{"phone_number":"{{text}}"}""", TelnyxHost.OperatorKey);
        Assert.True(made.Status == 201, made.Text);
        return text;
    }

    private static JsonObject Body(params string[] numbers) => new()
    {
        ["businessName"] = "Acme", ["corporateWebsite"] = "https://example.com",
        ["businessAddr1"] = "1 Main Street", ["businessCity"] = "Austin",
        ["businessState"] = "Texas", ["businessZip"] = "78701", ["businessContactFirstName"] = "Ada", ["businessContactLastName"] = "Doe",
        ["businessContactEmail"] = "ada@example.com", ["businessContactPhone"] = "+15125550100", ["messageVolume"] = "1,000",
        ["phoneNumbers"] = new JsonArray([.. numbers.Select(n => (JsonNode)new JsonObject { ["phoneNumber"] = n })]), ["useCase"] = "2FA",
        ["useCaseSummary"] = "Codes to sign in", ["productionMessageContent"] = "Your code is 1234", ["optInWorkflow"] = "A box to tick",
        ["optInWorkflowImageURLs"] = new JsonArray(new JsonObject { ["url"] = "https://example.com/box.png" }),
        ["additionalInformation"] = "none", ["isvReseller"] = "no",
    };

    private async Task<JsonObject> SubmitAsync(string? number = null, string? webhook = "https://93.184.216.34/verifications")
    {
        var body = Body(number ?? await NumberAsync());
        if (webhook is not null) body["webhookUrl"] = webhook;
        var made = await host.SendAsync("POST", Path, body.ToJsonString());
        Assert.True(made.Status == 200, made.Text);
        return made.Body;
    }

    private async Task<JsonObject> WaitingAsync(string id) =>
        (await host.SendAsync("GET", "/operator/v1/decisions?page[size]=250", (string?)null, TelnyxHost.OperatorKey)).Body["data"]!
            .AsArray().Single(d => (string?)d!["id"] == id)!.AsObject();

    private async Task<Answer> DecideAsync(string id, string move, long revision, string? reason = null,
        string? key = TelnyxHost.OperatorKey)
    {
        var body = new JsonObject { ["move"] = move, ["revision"] = revision };
        if (reason is not null) body["reason"] = reason;
        return await host.SendAsync("POST", $"/operator/v1/accounts/{host.Tenant}/decisions/toll_free_verification/{id}",
            body.ToJsonString(), key);
    }

    private async Task<Answer> DecideAsync(string id, string move, string? reason = null) =>
        await DecideAsync(id, move, (long)(await WaitingAsync(id))["revision"]!, reason);

    private async Task<JsonObject> GetAsync(string id) => (await host.SendAsync("GET", $"{Path}/{id}")).Body;

    /// <summary>What waits in the outbox or was sent of one request, in its order.</summary>
    private async Task<IReadOnlyList<(string Status, string? Reason)>> ToldAsync(string id)
    {
        var told = new List<(string, string?)>();
        foreach (var entry in await host.Store.Outbox.ListPendingAsync(0, 10_000, default))
        {
            var message = (await host.Store.Outbox.FindAsync(host.Tenant, entry.Id, default))!;
            if (message.OrderKey != $"toll_free_verification:{id}") continue;
            Assert.Equal((TollFreeVerifications.EventType, "https://93.184.216.34/verifications"), (message.EventType, message.Url));
            var payload = JsonNode.Parse(message.Body)!["payload"]!;
            Assert.Equal((id, "Acme"), ((string)payload["id"]!, (string)payload["businessName"]!));
            told.Add(((string)payload["verificationStatus"]!, (string?)payload["reason"]));
        }
        return told;
    }

    [Fact]
    public async Task The_operator_gives_it_back_the_account_mends_it_and_it_is_verified()
    {
        var made = await SubmitAsync();
        string id = (string)made["id"]!;
        Assert.Equal(("In Progress", id), ((string)made["verificationStatus"]!, (string)made["verificationRequestId"]!));
        var waits = await WaitingAsync(id);
        Assert.Equal((host.Tenant.ToString(), "In Progress", "Acme"),
            ((string)waits["account_id"]!, (string)waits["state"]!, (string)waits["resource"]!["businessName"]!));
        Assert.Equal(["taken", "forwarded", "returned", "verified", "rejected"],
            waits["moves"]!.AsArray().Select(m => (string)m!["move"]!));

        Assert.Equal(200, (await DecideAsync(id, "taken")).Status);
        var noReason = await DecideAsync(id, "returned");
        Assert.Equal((422, "/reason"), (noReason.Status, (string)noReason.Body["errors"]![0]!["source"]!["pointer"]!));
        Assert.Equal(422, (await DecideAsync(id, "taken", reason: "why")).Status);
        var returned = await DecideAsync(id, "returned", "The opt-in page does not open.");
        Assert.Equal((200, "Waiting For Customer", null),
            (returned.Status, (string)returned.Data["state"]!, (string?)returned.Data["waits_since"]));
        var shown = await GetAsync(id);
        Assert.Equal(("Waiting For Customer", "The opt-in page does not open."),
            ((string)shown["verificationStatus"]!, (string)shown["reason"]!));

        // The account's: and the operator has it before him again, without the old reason.
        var body = Body((string)made["phoneNumbers"]![0]!["phoneNumber"]!);
        (body["businessName"], body["webhookUrl"]) = ("Acme", "https://93.184.216.34/verifications");
        body["additionalInformation"] = "The page opens now.";
        var mended = await host.SendAsync("PATCH", $"{Path}/{id}", body.ToJsonString());
        Assert.Equal((200, "In Progress", "The page opens now."),
            (mended.Status, (string)mended.Body["verificationStatus"]!, (string)mended.Body["additionalInformation"]!));
        Assert.Null((await GetAsync(id))["reason"]);
        Assert.Equal(200, (await DecideAsync(id, "forwarded")).Status);
        // what lies with the vendor stays as it is
        Assert.Equal(422, (await host.SendAsync("PATCH", $"{Path}/{id}", body.ToJsonString())).Status);
        Assert.Equal(200, (await DecideAsync(id, "verified")).Status);
        Assert.Equal("Verified", (string)(await GetAsync(id))["verificationStatus"]!);

        Assert.Equal([("Waiting For Telnyx", null), ("Waiting For Customer", "The opt-in page does not open."), ("In Progress", null),
            ("Waiting For Vendor", null), ("Verified", null)], await ToldAsync(id));
        var trail = (await host.SendAsync("GET", "/v2/audit_events?page[size]=250")).List.Where(e => (string?)e!["resource_id"] == id)
            .Select(e => (string)e!["change_type"]!).ToList();
        Assert.Equal(["verified", "forwarded", "updated", "returned", "taken", "created"], trail);
    }

    [Fact]
    public async Task Lines_of_the_newest_form_come_before_the_operator()
    {
        var body = Body(await NumberAsync());
        foreach (string line in (string[])["businessRegistrationNumber", "businessRegistrationType", "businessRegistrationCountry",
            "doingBusinessAs", "entityType", "helpMessageResponse", "optInConfirmationResponse", "optInKeywords", "privacyPolicyURL",
            "termsAndConditionURL"]) body[line] = $"my {line}";
        body["ageGatedContent"] = true;
        var made = await host.SendAsync("POST", Path, body.ToJsonString());
        Assert.True(made.Status == 200, made.Text);
        string id = (string)made.Body["id"]!;
        foreach (var shown in (JsonObject[])[made.Body, await GetAsync(id), (await WaitingAsync(id))["resource"]!.AsObject()])
            Assert.Equal(("my entityType", "my optInKeywords", "my businessRegistrationNumber", true), ((string?)shown["entityType"],
                (string?)shown["optInKeywords"], (string?)shown["businessRegistrationNumber"], (bool?)shown["ageGatedContent"]));
        body["optInKeywords"] = "JOIN";
        body.Remove("ageGatedContent");
        var changed = await host.SendAsync("PATCH", $"{Path}/{id}", body.ToJsonString());
        Assert.Equal((200, "JOIN", true),
            (changed.Status, (string?)changed.Body["optInKeywords"], (bool?)changed.Body["ageGatedContent"]));
        // A word that somebody else's registry gave is not a line here.
        body["campaignVerifyAuthorizationToken"] = "cv|1.0|token";
        Assert.Equal(422, (await host.SendAsync("PATCH", $"{Path}/{id}", body.ToJsonString())).Status);
    }

    [Fact]
    public async Task Numbers_may_be_written_as_people_type_them()
    {
        string number = await NumberAsync();
        var body = Body($"{number[..2]} ({number[2..5]}) {number[5..8]}-{number[8..]}");
        body["businessContactPhone"] = "+1 (512) 555-0100";
        var made = await host.SendAsync("POST", Path, body.ToJsonString());
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal((number, "+15125550100"),
            ((string?)made.Body["phoneNumbers"]![0]!["phoneNumber"], (string?)made.Body["businessContactPhone"]));
    }

    [Fact]
    public async Task The_trail_says_that_the_operator_decided()
    {
        string id = (string)(await SubmitAsync())["id"]!;
        await DecideAsync(id, "rejected", "Not yours.");
        var page = await host.Store.Audit.ListAsync(host.Tenant, null, null, isFalling: true, 0, 1_000,
            TestContext.Current.CancellationToken);
        Assert.Equal([Ringwright.Store.Audit.AuditActor.Operator, Ringwright.Store.Audit.AuditActor.Owner],
            page.Events.Where(e => e.ResourceId == id).Select(e => e.By));
    }

    [Fact]
    public async Task Only_what_is_rejected_can_be_deleted()
    {
        string id = (string)(await SubmitAsync())["id"]!;
        var early = await host.SendAsync("DELETE", $"{Path}/{id}");
        Assert.Equal((400, "10000"), (early.Status, (string)early.Body["errors"]![0]!["code"]!));
        await DecideAsync(id, "rejected", "Not enough.");
        var gone = await host.SendAsync("DELETE", $"{Path}/{id}");
        Assert.Equal((200, "{}"), (gone.Status, gone.Text));
        Assert.Equal((404, 404),
            ((await host.SendAsync("GET", $"{Path}/{id}")).Status, (await host.SendAsync("DELETE", $"{Path}/{id}")).Status));
        Assert.Equal(404, (await DecideAsync(id, "taken", 3)).Status);
    }

    [Fact]
    public async Task What_the_account_changed_meanwhile_is_not_decided_on()
    {
        var made = await SubmitAsync();
        string id = (string)made["id"]!;
        long seen = (long)(await WaitingAsync(id))["revision"]!;
        var since = (string)(await WaitingAsync(id))["waits_since"]!;
        host.Time.Advance(TimeSpan.FromMinutes(1));
        await host.SendAsync("PATCH", $"{Path}/{id}", Body((string)made["phoneNumbers"]![0]!["phoneNumber"]!).ToJsonString());
        var late = await DecideAsync(id, "verified", seen);
        Assert.Equal((409, "conflict"), (late.Status, (string)late.Body["errors"]![0]!["code"]!));
        Assert.Equal(("In Progress", since),
            ((string)(await GetAsync(id))["verificationStatus"]!, (string)(await WaitingAsync(id))["waits_since"]!)); // it keeps its place
        Assert.Equal(200, (await DecideAsync(id, "verified", seen + 1)).Status);
        var again = await DecideAsync(id, "verified", seen + 2);
        Assert.Equal((409, "wrong_state"), (again.Status, (string)again.Body["errors"]![0]!["code"]!));
    }

    [Fact]
    public async Task What_was_given_back_and_left_lapses_after_a_month()
    {
        var made = await SubmitAsync();
        string id = (string)made["id"]!;
        await DecideAsync(id, "returned", "Say more.");
        host.Time.Advance(TollFreeVerifications.Patience - TimeSpan.FromMinutes(1));
        Assert.Equal("Waiting For Customer", (string)(await GetAsync(id))["verificationStatus"]!);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        var lapsed = await Eventually.SomeAsync(async () =>
            await GetAsync(id) is var now && (string?)now["verificationStatus"] == "Rejected" ? now : null, "the request has lapsed");
        Assert.Contains("30 days", (string)lapsed["reason"]!, StringComparison.Ordinal);
        Assert.Equal("Rejected", (await ToldAsync(id))[^1].Status);
        // It may still be mended.
        Assert.Equal(200,
            (await host.SendAsync("PATCH", $"{Path}/{id}", Body((string)made["phoneNumbers"]![0]!["phoneNumber"]!).ToJsonString())).Status);
    }

    [Fact]
    public async Task Nobody_elses_number_request_or_desk()
    {
        string strangers = await NumberAsync(isStrangers: true), local = await NumberAsync("+1512555"),
            british = await NumberAsync("+44800555");
        foreach (string number in new[] { strangers, local, british, "+18445559999", "8445550100" })
        {
            var refused = await host.SendAsync("POST", Path, Body(number).ToJsonString());
            Assert.Equal((422, "10015", "/phoneNumbers/0/phoneNumber"),
                (refused.Status, (string)refused.Body["errors"]![0]!["code"]!, (string)refused.Body["errors"]![0]!["source"]!["pointer"]!));
        }
        foreach (var (field, value) in new[]
        {
            ("businessContactEmail", "nobody"),
            ("businessContactPhone", "5125550100"), ("corporateWebsite", "example.com"), ("webhookUrl", "http://127.0.0.1/x")
        })
        {
            var body = Body(await NumberAsync());
            body[field] = value;
            var refused = await host.SendAsync("POST", Path, body.ToJsonString());
            Assert.Equal((422, "/" + field), (refused.Status, (string)refused.Body["errors"]![0]!["source"]!["pointer"]!));
        }

        var made = await SubmitAsync();
        string id = (string)made["id"]!, mended = Body((string)made["phoneNumbers"]![0]!["phoneNumber"]!).ToJsonString();
        Assert.Equal(404, (await host.SendAsync("GET", $"{Path}/{id}", (string?)null, TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(404, (await host.SendAsync("PATCH", $"{Path}/{id}", mended, TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(404, (await host.SendAsync("DELETE", $"{Path}/{id}", (string?)null, TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(0, (int)(await host.SendAsync("GET", $"{Path}?page=1&page_size=10", (string?)null, TelnyxHost.OtherTenantKey))
            .Body["total_records"]!);
        Assert.Equal(401, (await DecideAsync(id, "verified", 1, key: TelnyxHost.Key)).Status);
        Assert.Equal(404, (await host.SendAsync("POST", $"/operator/v1/accounts/{host.Stranger}/decisions/toll_free_verification/{id}",
            """{"move":"verified","revision":1}""", TelnyxHost.OperatorKey)).Status);
        Assert.Equal(404, (await host.SendAsync("POST", $"/operator/v1/accounts/{host.Tenant}/decisions/nothing/{id}",
            """{"move":"verified","revision":1}""", TelnyxHost.OperatorKey)).Status);
        Assert.Equal(422, (await DecideAsync(id, "lapsed", 1)).Status);
        Assert.Equal("In Progress", (string)(await GetAsync(id))["verificationStatus"]!);
    }

    [Fact]
    public async Task The_list_is_paged_and_filtered_as_its_parameters_say()
    {
        string first = await NumberAsync("+1855555"), second = await NumberAsync("+1855555");
        string one = (string)(await SubmitAsync(first))["id"]!;
        host.Time.Advance(TimeSpan.FromDays(1));
        string middle = host.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        host.Time.Advance(TimeSpan.FromDays(1));
        string two = (string)(await SubmitAsync(second))["id"]!;
        await DecideAsync(two, "rejected", "No.");

        async Task<List<string>> IdsAsync(string query)
        {
            var answer = await host.SendAsync("GET", $"{Path}?{query}");
            Assert.True(answer.Status == 200, answer.Text);
            return [.. answer.Body["records"]!.AsArray().Select(r => (string)r!["id"]!).Where(id => id == one || id == two)];
        }

        const string All = "page=1&page_size=100000";        // too large is as large as may be
        Assert.Equal([one, two], await IdsAsync(All));
        Assert.Equal([one], await IdsAsync($"{All}&phone_number={Uri.EscapeDataString(first)}"));
        Assert.Equal([one, two], await IdsAsync($"{All}&business_name=Acme"));
        Assert.Equal([], await IdsAsync($"{All}&business_name=Nobody%20Inc."));
        Assert.Equal([one], await IdsAsync($"{All}&status=In%20Progress"));
        Assert.Equal([two], await IdsAsync($"{All}&status=Rejected"));
        Assert.Equal([two], await IdsAsync($"{All}&date_start={middle}"));
        Assert.Equal([one], await IdsAsync($"{All}&date_end={middle}"));
        Assert.Equal([], await IdsAsync($"{All}&date_end={middle}&status=Rejected"));
        Assert.Equal([], await IdsAsync($"{All}&phone_number=%2B1855555"));
        var page = await host.SendAsync("GET", $"{Path}?page=2&page_size=1");
        Assert.Equal((2, 1), (page.Body.Count, page.Body["records"]!.AsArray().Count));        // records and total_records
        Assert.Equal((int)(await host.SendAsync("GET", $"{Path}?{All}")).Body["total_records"]!, (int)page.Body["total_records"]!);
        foreach (string bad in new[]
        {
            "page=1", "page_size=1", "page=0&page_size=1", "page=1&page_size=0", $"{All}&status=Lost", $"{All}&date_start=soon"
        })
            Assert.Equal(422, (await host.SendAsync("GET", $"{Path}?{bad}")).Status);
    }
}
