using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

public sealed class NotificationTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Unknown = "00000000-0000-4000-8000-000000000000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_catalogues_are_listed_page_by_page_and_filtered()
    {
        var events = await host.SendAsync("GET", "/v2/notification_events?page[size]=2");
        Assert.True(events.Status == 200, events.Text);
        Assert.Equal((2, true), (events.List.Count, (int)events.Body["meta"]!["total_results"]! > 2));

        var conditions = await host.SendAsync("GET", "/v2/notification_event_conditions");
        Assert.All(conditions.List, c => Assert.Contains("webhook", c!["supported_channels"]!.AsArray().Select(s => (string)s!)));
        var ids = (await host.SendAsync("GET", "/v2/notification_events")).List.Select(e => (string)e!["id"]!).ToHashSet();
        Assert.All(conditions.List, c => Assert.Contains((string)c!["notification_event_id"]!, ids));

        var numbers = await host.SendAsync("GET", "/v2/notification_event_conditions?filter[associated_record_type][eq]=phone_number");
        Assert.Equal("phone_number", (string?)Assert.Single(numbers.List)!["parameters"]![0]!["name"]);
        Assert.Empty((await host.SendAsync("GET", "/v2/notification_event_conditions?filter[channel_type_id][eq]=sms")).List);
        string id = (string)conditions.List[0]!["id"]!;
        Assert.Single(
            (await host.SendAsync("GET", $"/v2/notification_event_conditions?filter[notification_event_condition_id][eq]={id}")).List);
        Assert.Equal(400, (await host.SendAsync("GET", "/v2/notification_event_conditions?filter[status][eq]=maybe")).Status);
    }

    [Theory]
    [InlineData("webhook", "ftp://93.184.216.34/x", "10003")]
    [InlineData("webhook", "http://169.254.169.254/latest", "10003")]
    [InlineData("email", "Ada <ada@example.com>", "10019")]
    [InlineData("email", "ada@example.com\\nBcc: eve@example.com", "10019")]
    [InlineData("sms", "0301234", "10016")]
    [InlineData("voice", "sip:ada@example.com", "10016")]
    public async Task A_destination_that_its_type_does_not_take_is_refused(string type, string destination, string code)
    {
        string profile = await ProfileAsync();
        (await host.SendAsync("POST", "/v2/notification_channels",
            $$"""{"channel_type_id":"{{type}}","channel_destination":"{{destination}}","notification_profile_id":"{{profile}}"}"""))
            .Refuses(422, code, "/channel_destination");
    }

    [Fact]
    public async Task What_a_channel_lacks_is_said()
    {
        string profile = await ProfileAsync();
        (await host.SendAsync("POST", "/v2/notification_channels",
            $$"""{"channel_destination":"+4930123456","notification_profile_id":"{{profile}}"}"""))
            .Refuses(422, "10004", "/channel_type_id");
        (await host.SendAsync("POST", "/v2/notification_channels",
            $$"""{"channel_type_id":"sms","notification_profile_id":"{{profile}}"}""")).Refuses(422, "10004", "/channel_destination");
        (await host.SendAsync("POST", "/v2/notification_channels", """{"channel_type_id":"sms","channel_destination":"+4930123456"}"""))
            .Refuses(422, "10004", "/notification_profile_id");
        (await host.SendAsync("POST", "/v2/notification_channels",
            $$"""{"channel_type_id":"sms","channel_destination":"+4930123456","notification_profile_id":"{{Unknown}}"}"""))
            .Refuses(422, "10015", "/notification_profile_id");
        (await host.SendAsync("POST", "/v2/notification_channels",
            $$"""{"channel_type_id":"fax","channel_destination":"+4930123456","notification_profile_id":"{{profile}}"}"""))
            .Refuses(422, "10032", "/channel_type_id");
        (await host.SendAsync("POST", "/v2/notification_channels",
            $$"""{"channel_type_id":"sms","channel_destination":"+4930123456","notification_profile_id":"{{profile}}"}""",
            TelnyxHost.OtherTenantKey)).Refuses(422, "10015", "/notification_profile_id");
    }

    [Fact]
    public async Task Profiles_channels_and_settings_hold_each_other()
    {
        string profile = await ProfileAsync(), channel = await ChannelAsync(profile, "email", "ada@example.com"),
            condition = await ConditionAsync("notification.webhook.failed");
        var setting = await host.SendAsync("POST", "/v2/notification_settings", Setting(condition, channel, profile));
        Assert.True(setting.Status is 200 or 201, setting.Text);
        Assert.Equal(("enabled", "account", host.Tenant.ToString()), ((string?)setting.Data["status"],
            (string?)setting.Data["associated_record_type"], (string?)setting.Data["associated_record_type_value"]));
        string id = (string)setting.Data["id"]!;

        (await host.SendAsync("POST", "/v2/notification_settings", Setting(condition, channel, profile)))
            .Refuses(422, "10015", "/notification_event_condition_id");
        Assert.Equal(id, (string?)Assert.Single((await host.SendAsync("GET",
            $"/v2/notification_settings?filter[notification_channel][eq]={channel}&filter[channel_type_id][eq]=email&"
            + $"filter[status][eq]=enabled")).List)!["id"]);
        Assert.Single((await host.SendAsync("GET", $"/v2/notification_event_conditions?filter[notification_channel][eq]={channel}")).List);
        (await host.SendAsync("GET", $"/v2/notification_settings/{id}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        Assert.NotEqual(200, (await host.SendAsync("DELETE", $"/v2/notification_profiles/{profile}")).Status);
        Assert.NotEqual(200, (await host.SendAsync("DELETE", $"/v2/notification_channels/{channel}")).Status);
        (await host.SendAsync("PATCH", $"/v2/notification_channels/{channel}",
            """{"channel_type_id":"sms","channel_destination":"+4930123456"}""")).Refuses(422, "10015", "/channel_type_id");
        Assert.Equal("eve@example.com", (string?)(await host.SendAsync("PATCH", $"/v2/notification_channels/{channel}",
            """{"channel_destination":"eve@example.com"}""")).Data["channel_destination"]);

        var gone = await host.SendAsync("DELETE", $"/v2/notification_settings/{id}");
        Assert.Equal("deleted", (string?)gone.Data["status"]);
        (await host.SendAsync("GET", $"/v2/notification_settings/{id}")).Refuses(404, "10005");
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/notification_channels/{channel}")).Status);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/notification_profiles/{profile}")).Status);
    }

    [Fact]
    public async Task A_setting_that_could_tell_nobody_is_refused()
    {
        string profile = await ProfileAsync(), other = await ProfileAsync(),
            condition = await ConditionAsync("notification.webhook.failed");
        foreach (string type in (string[])["sms", "voice"])
        {
            var told = await host.SendAsync("POST", "/v2/notification_settings",
                Setting(condition, await ChannelAsync(profile, type, "+4930123456"), profile));
            told.Refuses(422, "10015", "/notification_channel_id");
            // The node sends texts and calls: what it says is what to do, and nothing that is not so.
            Assert.Contains($"Nobody is told by {type} here: take a channel of the type webhook or email.",
                (string?)told.Error["detail"], StringComparison.Ordinal);
        }
        string channel = await ChannelAsync(profile, "webhook", "https://93.184.216.34/told");
        (await host.SendAsync("POST", "/v2/notification_settings", Setting(Unknown, channel, profile)))
            .Refuses(422, "10015", "/notification_event_condition_id");
        (await host.SendAsync("POST", "/v2/notification_settings", Setting(condition, Unknown, profile)))
            .Refuses(422, "10015", "/notification_channel_id");
        (await host.SendAsync("POST", "/v2/notification_settings", Setting(condition, channel, other)))
            .Refuses(422, "10015", "/notification_profile_id");
        (await host.SendAsync("POST", "/v2/notification_settings", "{}")).Refuses(422, "10004", "/notification_event_condition_id");
        (await host.SendAsync("POST", "/v2/notification_settings", Setting(condition, channel, profile), TelnyxHost.OtherTenantKey))
            .Refuses(422, "10015", "/notification_channel_id");
    }

    [Theory]
    [InlineData("""[]""", "90100", "/parameters")]
    [InlineData("""[{"name":"colour","value":"red"}]""", "90100", "/parameters/0/name")]
    [InlineData("""[{"name":"phone_number","value":"+15550100001"},{"name":"phone_number","value":"+15550100001"}]""",
        "90100", "/parameters/1/name")]
    [InlineData("""[{"name":"phone_number"}]""", "90101", "/parameters/0/value")]
    [InlineData("""[{"name":"phone_number","value":"+4915123456789"}]""", "90101", "/parameters/0/value")]
    public async Task Parameters_are_those_that_the_condition_takes(string parameters, string code, string pointer)
    {
        string profile = await ProfileAsync(), channel = await ChannelAsync(profile, "webhook", "https://93.184.216.34/told");
        await NumberAsync("+15550100001");
        (await host.SendAsync("POST", "/v2/notification_settings",
            Setting(await ConditionAsync("notification.call.missed"), channel, profile, parameters))).Refuses(422, code, pointer);
    }

    [Fact]
    public async Task A_missed_call_is_told_with_its_own_commit_and_once_an_hour()
    {
        string profile = await ProfileAsync(), webhook = await ChannelAsync(profile, "webhook", "https://93.184.216.34/missed"),
            mail = await ChannelAsync(profile, "email", "ada@example.com");
        await NumberAsync("+15550100002");
        string condition = await ConditionAsync("notification.call.missed");
        foreach (string channel in (string[])[webhook, mail])
        {
            var set = await host.SendAsync("POST", "/v2/notification_settings",
                Setting(condition, channel, profile, """[{"name":"phone_number","value":"+15550100002"}]"""));
            Assert.Equal(("phone_number", "+15550100002"),
                ((string?)set.Data["associated_record_type"], (string?)set.Data["associated_record_type_value"]));
        }

        string application = await host.ApplicationAsync("missed");
        for (uint i = 0; i < 3; i++) await MissAsync(application, 900 + i, "+15550100002");
        await MissAsync(application, 950, "+15550100009");
        var told = await ToldAsync("https://93.184.216.34/missed", "mailto:ada@example.com");
        Assert.Equal(["https://93.184.216.34/missed", "mailto:ada@example.com"], told.Select(e => e.Url).Order(StringComparer.Ordinal));
        var message = (await host.Store.Outbox.FindAsync(host.Tenant,
            told.First(e => e.Url.StartsWith("https", StringComparison.Ordinal)).Id, Stop))!;
        var payload = JsonNode.Parse(message.Body)!["payload"]!;
        Assert.Equal(("notification.call.missed", "+15550100002", webhook, profile), (message.EventType, (string?)payload["to"],
            (string?)payload["notification_channel_id"], (string?)payload["notification_profile_id"]));

        host.Time.Advance(TimeSpan.FromHours(1));
        await MissAsync(application, 960, "+15550100002");
        Assert.Equal(4, (await ToldAsync("https://93.184.216.34/missed", "mailto:ada@example.com")).Count);
    }

    [Fact]
    public async Task A_webhook_that_is_given_up_is_told_unless_it_was_a_notification()
    {
        string profile = await ProfileAsync(), channel = await ChannelAsync(profile, "webhook", "https://93.184.216.34/failed");
        await host.SendAsync("POST", "/v2/notification_settings",
            Setting(await ConditionAsync("notification.webhook.failed"), channel, profile));
        var entry = new OutboxEntry
        {
            Seq = 1, Id = Guid.NewGuid(), Tenant = host.Tenant, OrderKey = "leg", Url = "https://example.com/hook?secret=1",
            Attempts = 2, AttemptsOnUrl = 2, IsOnFailover = false
        };
        var last = new DeliveryAttempt
        {
            Number = 3, Url = entry.Url, IsDelivered = false, StartedAt = host.Time.GetUtcNow(), FinishedAt = host.Time.GetUtcNow(),
            Errors = [75500], ResponseStatus = 500
        };
        var message = Assert.Single(host.Module.GivenUp(entry, last));
        Assert.Equal(("https://93.184.216.34/failed", "notification.webhook.failed"), (message.Url, message.EventType));
        Assert.DoesNotContain("secret", message.Body, StringComparison.Ordinal);
        Assert.Empty(host.Module.GivenUp(entry with { OrderKey = message.OrderKey }, last));
        Assert.Empty(host.Module.GivenUp(entry with { Tenant = host.Stranger }, last));
    }

    [Theory]
    [InlineData("limit", false, false, "was refused"), InlineData("room", true, false, "met a limit"),
        InlineData("none", true, true, "was refused")]
    public async Task A_call_that_a_limit_refuses_or_keeps_waiting_is_told(string place, bool waits, bool isForGood, string became)
    {
        string hook = $"https://93.184.216.34/{place}", profile = await ProfileAsync();
        await host.SendAsync("POST", "/v2/notification_settings",
            Setting(await ConditionAsync("notification.channel_limit.reached"), await ChannelAsync(profile, "webhook", hook), profile));
        var full = new GateAnswer(Ringwright.Core.Refusal.TenantChannelLimit, "tenant_channels",
            "The account has as many calls as it may.");
        var gate = host.Module.Watch(new ShutGate(full with { IsForGood = isForGood }));
        for (int i = 0; i < 5; i++) Assert.False((await gate.EnterAsync(Question() with { WaitsForRoom = waits })).IsOpen);
        await Testing.Eventually.SomeAsync(async () => (await ToldAsync(hook)).FirstOrDefault(), "the notification");
        var message = (await host.Store.Outbox.FindAsync(host.Tenant, Assert.Single(await ToldAsync(hook)).Id, Stop))!;
        Assert.Equal($"A call from +15550100001 to +15550100003 {became}: The account has as many calls as it may.",
            (string?)JsonNode.Parse(message.Body)!["payload"]!["summary"]);
    }

    /// <summary>Many limits are met at once, and the database is slower than they: none counts as told that found no room.</summary>
    [Fact]
    public async Task What_found_no_room_to_wait_is_told_by_the_next_call_that_is_refused()
    {
        const int rules = 40;
        const string hook = "https://93.184.216.34/crowd";
        string profile = await ProfileAsync();
        await host.SendAsync("POST", "/v2/notification_settings",
            Setting(await ConditionAsync("notification.channel_limit.reached"), await ChannelAsync(profile, "webhook", hook), profile));
        var book = new Ringwright.Telnyx.Account.Notifications.NotificationBook(host.Store);
        await book.ReloadAsync(Stop);
        await using var watch = new Ringwright.Telnyx.Account.Notifications.LimitWatch(new RuleGate(), book, host.Store, host.Time,
            NullLogger.Instance, mostWaiting: 1);
        await Testing.Eventually.SomeAsync(async () =>
        {
            for (int i = 0; i < rules; i++) await watch.EnterAsync(Question() with { To = $"+155502000{i:00}" });
            return (await ToldAsync(hook)).Count == rules ? hook : null;
        }, "each limit is told");
    }

    private CallAttempt Question() => new()
    {
        Leg = default, Direction = Direction.Outbound, Tenant = host.Tenant, Connection = new(1), From = "+15550100001", To = "+15550100003"
    };

    private sealed class ShutGate(GateAnswer answer) : IDialGate
    {
        public ValueTask<GateAnswer> EnterAsync(CallAttempt call) => new(answer);
        public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) => new(answer);
        public ValueTask<GateAnswer> MoveAsync(CallAttempt call) => new(answer);
        public void Answered(Ringwright.Core.LegId leg) { }
        public void Leave(Ringwright.Core.LegId leg) { }
    }

    /// <summary>Another rule for each number.</summary>
    private sealed class RuleGate : IDialGate
    {
        public ValueTask<GateAnswer> EnterAsync(CallAttempt call) =>
            new(new GateAnswer(Ringwright.Core.Refusal.TenantChannelLimit, call.To, "The account has as many calls as it may."));
        public ValueTask<GateAnswer> AskAsync(ContactAttempt attempt) => throw new NotSupportedException();
        public ValueTask<GateAnswer> MoveAsync(CallAttempt call) => EnterAsync(call);
        public void Answered(Ringwright.Core.LegId leg) { }
        public void Leave(Ringwright.Core.LegId leg) { }
    }

    private async Task MissAsync(string application, uint counter, string to)
    {
        var (facts, _) = await host.LegAsync(application, counter, to: to);
        Assert.True(await host.Ledger.AppendAsync(
            new CallEvent.LegEnded { Leg = facts, At = facts.StartedAt, Cause = HangupCause.CallerCancel, By = HangupParty.Remote }));
    }

    /// <summary>Notifications to these places; other tests have theirs.</summary>
    private async Task<IReadOnlyList<OutboxEntry>> ToldAsync(params string[] places) =>
        [.. (await host.Store.Outbox.ListPendingAsync(0, 1_000, Stop))
            .Where(e => e.OrderKey.StartsWith("notification:", StringComparison.Ordinal) && places.Contains(e.Url))];

    private async Task<string> ProfileAsync() =>
        (string)(await host.SendAsync("POST", "/v2/notification_profiles", """{"name":"who is on duty"}""")).Data["id"]!;

    private async Task<string> ChannelAsync(string profile, string type, string destination)
    {
        var made = await host.SendAsync("POST", "/v2/notification_channels",
            $$"""{"channel_type_id":"{{type}}","channel_destination":"{{destination}}","notification_profile_id":"{{profile}}"}""");
        Assert.True(made.Status == 200, made.Text);
        return (string)made.Data["id"]!;
    }

    private async Task NumberAsync(string number) =>
        await host.Store.Numbers.ImportAsync(
            [Imported.Number(new Number(number, host.Tenant, null), long.Parse(number[1..]), host.Time.GetUtcNow(), "US")], Stop);

    private static ValueTask<string> ConditionAsync(string type) =>
        new(Ringwright.Telnyx.Account.Notifications.Catalogue.Conditions.First(c => c.EventType == type).Id);

    private static string Setting(string condition, string channel, string profile, string parameters = "[]") =>
        $$"""{"notification_event_condition_id":"{{condition}}","notification_channel_id":"{{channel}}","notification_profile_id":"{{profile}}","parameters":{{parameters}}}""";
}
