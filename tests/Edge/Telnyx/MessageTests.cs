using System.Text.Json.Nodes;
using Ringwright.Calls.Texts;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Messages between numbers of the node, from the request to both accounts' webhooks.</summary>
public sealed class MessageTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);

    [Fact]
    public async Task Two_accounts_text_each_other_and_both_are_told()
    {
        string ours = await _texts.NumberAsync(await _texts.ProfileAsync());
        string theirs = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        var sent = await _texts.SendAsync(ours, theirs, "Where are you?");
        Assert.True(sent.Status == 200, sent.Text);
        string id = (string)sent.Data["id"]!;
        Assert.Equal(("outbound", "queued", "GSM-7", 1, "SMS", null), ((string?)sent.Data["direction"],
            (string?)sent.Data["to"]![0]!["status"], (string?)sent.Data["encoding"], (int)sent.Data["parts"]!, (string?)sent.Data["type"],
            (string?)sent.Data["cost"]));
        var delivered = await _texts.StateAsync(id, "delivered");
        Assert.NotNull(delivered["sent_at"]);
        Assert.NotNull(delivered["completed_at"]);
        Assert.Empty(delivered["errors"]!.AsArray());

        var told = await _texts.ToldAsync(which: p => (string?)p["id"] == id);
        Assert.Equal([("message.sent", "sent"), ("message.finalized", "delivered")],
            told.Select(t => (t.Type, (string)t.Payload["to"]![0]!["status"]!)));
        Assert.All(told, t => Assert.Equal((Texting.Hook, Texting.Failover), (t.Url, t.Failover)));
        var (type, come, url, failover) = Assert.Single(
            await _texts.ToldAsync(isStrangers: true, p => (string?)p["text"] == "Where are you?"));
        Assert.Equal(("message.received", Texting.Hook, Texting.Failover, "inbound", ours, theirs, "webhook_delivered"),
            (type, url, failover, (string?)come["direction"], (string?)come["from"]!["phone_number"],
                (string?)come["to"]![0]!["phone_number"], (string?)come["to"]![0]!["status"]));
        // Each has a record of its own, and none sees the other's.
        string received = (string)come["id"]!;
        Assert.Equal("Where are you?", (string?)(await _texts.GetAsync(received, isStrangers: true)).Data["text"]);
        Assert.Equal((host.Tenant.ToString(), host.Stranger.ToString()),
            ((string?)delivered["organization_id"], (string?)come["organization_id"]));
        (await _texts.GetAsync(received)).Refuses(404, "10005");
        (await _texts.GetAsync(id, isStrangers: true)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", $"/v2/messages/{id}", (string?)null, TelnyxHost.OtherTenantKey)).Refuses(404, "10005");

        await _texts.SentAsync(theirs, ours, "Here.", isStrangers: true);
        Assert.Single(await _texts.ToldAsync(which: p => (string?)p["text"] == "Here." && (string?)p["direction"] == "inbound"));
    }

    [Fact]
    public async Task Moments_of_messages_are_told_with_an_offset()
    {
        const string form = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}[+]00:00$";
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var delivered = await _texts.SentAsync(from, to, "When was that?");
        foreach (string field in (string[])["received_at", "valid_until", "sent_at", "completed_at"])
            Assert.Matches(form, (string?)delivered[field]);
        var told = (await _texts.OutboxAsync()).Where(one => one.Body.Contains("When was that?", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, told.Count);
        foreach (var message in told)
        {
            var body = JsonNode.Parse(message.Body)!;
            Assert.Matches(form, (string?)body["occurred_at"]);
            Assert.Matches(form, (string?)body["payload"]!["received_at"]);
        }
    }

    [Fact]
    public async Task A_message_has_all_its_moments_and_its_copies_whatever_its_state_is()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var sent = await _texts.SendAsync(from, to, "Who else has this?");
        Assert.True(sent.Status == 200, sent.Text);
        AssertUnset(sent.Data, "sent_at", "completed_at");
        await _texts.StateAsync((string)sent.Data["id"]!, "delivered");
        var told = await _texts.ToldAsync(which: p => (string?)p["text"] == "Who else has this?");
        Assert.Equal(["message.sent", "message.finalized", "message.received"], told.Select(one => one.Type));
        AssertUnset(told[0].Payload, "completed_at");
        AssertUnset(told[1].Payload);
        AssertUnset(told[2].Payload, "sent_at", "completed_at");

        // "sent_at": null and no "sent_at" are two answers to who asks for it.
        static void AssertUnset(JsonObject message, params string[] unset)
        {
            Assert.Empty(Assert.IsType<JsonArray>(message["cc"]));
            foreach (string field in (string[])["sent_at", "completed_at"])
            {
                Assert.True(message.ContainsKey(field), field);
                if (unset.Contains(field)) Assert.Null(message[field]);
            }
        }
    }

    /// <summary>The vendor's own adapter for chats sends them with each message, and reads them in webhooks.</summary>
    [Fact]
    public async Task Tags_of_a_request_are_told_behind_those_of_its_number()
    {
        const string tags = ",\"tags\":[\"vercel-chat-sdk\",\"vercel-chat-sdk:0.1.0\",\"sales\",\"env:prod\"]";
        string profile = await _texts.ProfileAsync(), ours = await _texts.NumberAsync(profile);
        string theirs = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        var tagged = await host.SendAsync("PATCH", $"/v2/phone_numbers/{ours}/messaging",
            $$"""{"messaging_profile_id":"{{profile}}","tags":["sales"]}""");
        Assert.True(tagged.Status == 200, tagged.Text);
        var sent = await _texts.SendAsync(ours, theirs, "Who has tagged this?", tags);
        Assert.True(sent.Status == 200, sent.Text);
        string[] all = ["sales", "vercel-chat-sdk", "vercel-chat-sdk:0.1.0", "env:prod"];
        Assert.Equal(all, sent.Data["tags"]!.AsArray().Select(tag => (string)tag!));
        string id = (string)sent.Data["id"]!;
        await _texts.StateAsync(id, "delivered");
        var told = await _texts.ToldAsync(which: p => (string?)p["id"] == id);
        Assert.Equal(2, told.Count);
        Assert.All(told, one => Assert.Equal(all, one.Payload["tags"]!.AsArray().Select(tag => (string)tag!)));
        // They are the sender's alone.
        var (_, come, _, _) = Assert.Single(
            await _texts.ToldAsync(isStrangers: true, p => (string?)p["text"] == "Who has tagged this?"));
        Assert.Empty(come["tags"]!.AsArray());
        string many = string.Join(',', Enumerable.Range(0, 21).Select(i => $"\"{i}\""));
        foreach (string wrong in (string[])["\"sales\"", "[1]", $"[{many}]", $"[\"{new string('a', 256)}\"]"])
            (await _texts.SendAsync(ours, theirs, "x", $",\"tags\":{wrong}")).Refuses(422, "10015", "/tags");
        foreach (string none in (string[])["null", "[]"])
            Assert.Equal(200, (await _texts.SendAsync(ours, theirs, "Without", $",\"tags\":{none}")).Status);
    }

    [Theory]
    [InlineData("a", 160, "GSM-7", 1), InlineData("a", 161, "GSM-7", 2), InlineData("ж", 70, "UCS-2", 1), InlineData("ж", 71, "UCS-2", 2)]
    [InlineData("€", 81, "GSM-7", 2), InlineData("a", 1530, "GSM-7", 10)]
    public async Task A_text_says_into_how_many_parts_it_is_cut(string letter, int count, string encoding, int parts)
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var sent = await _texts.SendAsync(from, to, string.Concat(Enumerable.Repeat(letter, count)));
        Assert.Equal((200, encoding, parts), (sent.Status, (string?)sent.Data["encoding"], (int)sent.Data["parts"]!));
    }

    [Fact]
    public async Task A_profile_has_punctuation_written_plainly()
    {
        const string curly = "It\u2019s ready \u2013 come\u2026", plain = "It's ready - come...";
        string profile = await _texts.ProfileAsync(",\"smart_encoding\":true");
        string from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var sent = await _texts.SendAsync(from, to, curly);
        Assert.Equal((200, "GSM-7", plain), (sent.Status, (string?)sent.Data["encoding"], (string?)sent.Data["text"]));
        foreach (var (words, more) in new[] { (curly + " \u0436", ""), (curly, ",\"encoding\":\"ucs2\"") })
        {
            var kept = await _texts.SendAsync(from, to, words, more);
            Assert.Equal((200, "UCS-2", words), (kept.Status, (string?)kept.Data["encoding"], (string?)kept.Data["text"]));
        }
        string usual = await _texts.NumberAsync(await _texts.ProfileAsync());
        Assert.Equal("UCS-2", (string?)(await _texts.SendAsync(usual, to, curly)).Data["encoding"]);
        // Who asks for the short alphabet wants it, whatever the profile says.
        var asked = await _texts.SendAsync(usual, to, curly, ",\"encoding\":\"gsm7\"");
        Assert.Equal((200, "GSM-7", plain), (asked.Status, (string?)asked.Data["encoding"], (string?)asked.Data["text"]));
    }

    [Fact]
    public async Task A_subject_goes_with_a_message_and_its_receiver_is_told_of_it()
    {
        string ours = await _texts.NumberAsync(await _texts.ProfileAsync());
        string theirs = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        var sent = await _texts.SendAsync(ours, theirs, "Look out of the window.", ",\"subject\":\"From Telnyx!\"");
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal(("MMS", "From Telnyx!", 1), ((string?)sent.Data["type"], (string?)sent.Data["subject"], (int)sent.Data["parts"]!));
        string id = (string)sent.Data["id"]!;
        Assert.Equal("From Telnyx!", (string?)(await _texts.StateAsync(id, "delivered"))["subject"]);
        Assert.All(await _texts.ToldAsync(which: p => (string?)p["id"] == id),
            told => Assert.Equal("From Telnyx!", (string?)told.Payload["subject"]));
        var (_, come, _, _) = Assert.Single(
            await _texts.ToldAsync(isStrangers: true, p => (string?)p["text"] == "Look out of the window."));
        Assert.Equal(("MMS", "From Telnyx!"), ((string?)come["type"], (string?)come["subject"]));
    }

    [Theory]
    [InlineData("auto", "a", 71, "GSM-7", 1), InlineData("gsm7", "a", 161, "GSM-7", 2), InlineData("ucs2", "a", 70, "UCS-2", 1)]
    [InlineData("ucs2", "a", 71, "UCS-2", 2), InlineData("ucs2", "€", 67, "UCS-2", 1)]
    public async Task Who_sends_a_text_says_how_it_is_written(string asked, string letter, int count, string encoding, int parts)
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        string words = string.Concat(Enumerable.Repeat(letter, count));
        var sent = await _texts.SendAsync(from, to, words, $",\"encoding\":\"{asked}\"");
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal((encoding, parts), ((string?)sent.Data["encoding"], (int)sent.Data["parts"]!));
        var shown = await _texts.StateAsync((string)sent.Data["id"]!, "delivered");
        Assert.Equal((encoding, parts, words), ((string?)shown["encoding"], (int)shown["parts"]!, (string?)shown["text"]));
        (await _texts.SendAsync(from, to, "ж", ",\"encoding\":\"gsm7\"")).Refuses(400, "10015", "/encoding");
        (await _texts.SendAsync(from, to, "x", ",\"encoding\":\"utf8\"")).Refuses(422, "10015", "/encoding");
        (await _texts.SendAsync(from, to, "x", ",\"encoding\":7")).Refuses(422, "10015", "/encoding");
    }

    [Fact]
    public async Task Numbers_are_read_as_people_type_them()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var sent = await _texts.SendAsync($"00{from[1..]}", $"+1 ({to[2..5]}) {to[5..8]}-{to[8..]}", "By hand");
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal((from, to), ((string?)sent.Data["from"]!["phone_number"], (string?)sent.Data["to"]![0]!["phone_number"]));
        // At home it is one number, and abroad another.
        (await _texts.SendAsync(from, to[2..], "Where to?")).Refuses(400, "40310", "/to");
        // The account has one of these, as a sender.
        var bare = await _texts.SendAsync(from[1..], to, "From a setting without a plus");
        Assert.True(bare.Status == 200, bare.Text);
        Assert.Equal(from, (string?)bare.Data["from"]!["phone_number"]);
        (await _texts.SendAsync(from[2..], to, "x")).Refuses(400, "40305", "/from");
    }

    [Fact]
    public async Task Fields_that_say_nothing_are_passed_over_and_a_list_of_one_recipient_is_that_one()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        // As a builder of workflows sends it: every field that it knows.
        var sent = await host.SendAsync("POST", "/v2/messages", $$"""
            {"auto_detect":false,"from":"{{from}}","media_urls":[null,""],"messaging_profile_id":"","send_at":"","subject":"",
             "text":"Hello","to":"{{to}}","type":"SMS","use_profile_webhooks":true,"webhook_failover_url":"","webhook_url":""}
            """);
        Assert.True(sent.Status == 200, sent.Text);
        Assert.Equal(("SMS", Texting.Hook), ((string?)sent.Data["type"], (string?)sent.Data["webhook_url"]));
        foreach (string path in (string[])["messages", "messages/long_code"])
        {
            var one = await host.SendAsync("POST", $"/v2/{path}", $$"""{"from":"{{from}}","to":["{{to}}"],"text":"To one"}""");
            Assert.True(one.Status == 200, one.Text);
            Assert.Equal(to, (string?)one.Data["to"]![0]!["phone_number"]);
        }
        foreach (string several in (string[])["[]", $"[\"{to}\",\"+12125550123\"]"])
            (await host.SendAsync("POST", "/v2/messages", $$"""{"from":"{{from}}","to":{{several}},"text":"To whom?"}"""))
                .Refuses(400, "40310", "/to");
        (await host.SendAsync("POST", "/v2/messages", $$"""{"from":"{{from}}","to":"{{to}}","text":"x","webhook_url":"nowhere"}"""))
            .Refuses(422, "10003", "/webhook_url");
    }

    [Fact]
    public async Task What_cannot_be_sent_is_refused_with_the_documented_code()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        string bare = await _texts.NumberAsync(profile: null);
        string strangers = await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true);
        (await _texts.SendAsync(from, to, new string('a', 1531))).Refuses(400, "40302", "/text");
        (await _texts.SendAsync(from, to, new string('a', 700), ",\"auto_detect\":true")).Refuses(400, "40328", "/text");
        (await _texts.SendAsync(from, to, "")).Refuses(400, "40316", "/text");
        (await _texts.SendAsync(from, from, "x")).Refuses(400, "40310", "/to");
        (await _texts.SendAsync(from, "12345", "x")).Refuses(400, "40310", "/to");
        // Nobody writes from another's number, or from one that is on no profile.
        (await _texts.SendAsync(strangers, to, "x")).Refuses(400, "40305", "/from");
        (await _texts.SendAsync(bare, to, "x")).Refuses(400, "40305", "/from");
        (await _texts.SendAsync("+15550229999", to, "x")).Refuses(400, "40305", "/from");
        (await _texts.SendAsync("Ringwright", to, "x")).Refuses(422, "10004", "/messaging_profile_id");
        string another = await _texts.ProfileAsync();
        (await _texts.SendAsync(from, to, "x", $",\"messaging_profile_id\":\"{another}\"")).Refuses(400, "40305", "/from");
        // Files stay in the node, and what cannot be fetched is no file.
        const string file = "\"http://127.0.0.1:1/a.png\"", one = $",\"media_urls\":[{file}]";
        (await _texts.SendAsync(from, "+12125550123", "x", ",\"type\":\"MMS\"")).Refuses(400, "40301", "/type");
        (await _texts.SendAsync(from, "+12125550123", "x", one)).Refuses(400, "40301", "/media_urls");
        (await _texts.SendAsync(from, to, "x", one + ",\"type\":\"SMS\"")).Refuses(400, "40304", "/type");
        (await _texts.SendAsync(from, to, "x", one)).Refuses(400, "40317", "/media_urls/0");
        (await _texts.SendAsync(from, to, "x", $",\"media_urls\":[{string.Join(',', Enumerable.Repeat(file, 11))}]"))
            .Refuses(400, "40317", "/media_urls");
        (await _texts.SendAsync(from, to, "x", ",\"type\":\"SMS\",\"subject\":\"y\"")).Refuses(400, "40304", "/type");
        (await _texts.SendAsync(from, "+12125550123", "x", ",\"subject\":\"y\"")).Refuses(400, "40301", "/subject");
        (await _texts.SendAsync(from, to, "x", $",\"subject\":\"{new string('y', 256)}\"")).Refuses(422, "10025", "/subject");
        (await _texts.SendAsync(from, to, "", ",\"subject\":\"y\"")).Refuses(400, "40316", "/text");
        (await _texts.SendAsync(from, to, "x", ",\"webhook_url\":\"http://127.0.0.1/\"")).Refuses(422, "10003", "/webhook_url");
        (await host.SendAsync("POST", "/v2/messages", $$"""{"to":"{{to}}","text":"x"}""")).Refuses(422, "10004", "/from");

        string home = await _texts.ProfileAsync();
        var changed = await host.SendAsync("PATCH", $"/v2/messaging_profiles/{home}", """{"whitelisted_destinations":["DE"]}""");
        Assert.Equal(200, changed.Status);
        string german = await _texts.NumberAsync(home);
        (await _texts.SendAsync(german, to, "x")).Refuses(400, "40309", "/to");
        await host.SendAsync("PATCH", $"/v2/messaging_profiles/{home}", """{"whitelisted_destinations":["*"],"enabled":false}""");
        (await _texts.SendAsync(german, to, "x")).Refuses(400, "40312");
    }

    [Fact]
    public async Task A_number_that_takes_no_messages_ends_as_one_of_a_stranger_does()
    {
        string from = await _texts.NumberAsync(await _texts.ProfileAsync());
        string bare = await _texts.NumberAsync(profile: null, isStrangers: true);
        foreach (string to in new[] { bare, "+15550229998" })
        {
            var failed = await _texts.SentAsync(from, to, "Anybody?", "sending_failed");
            Assert.Equal("40001", (string?)Assert.Single(failed["errors"]!.AsArray())!["code"]);
            var told = Assert.Single(await _texts.ToldAsync(which: p => (string?)p["id"] == (string?)failed["id"]));
            Assert.Equal(("message.finalized", "sending_failed"), (told.Type, (string?)told.Payload["to"]![0]!["status"]));
        }
    }

    [Fact]
    public async Task The_messages_own_urls_come_before_those_of_the_profile()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var own = await _texts.SendAsync(from, to, "own", ",\"webhook_url\":\"https://93.184.216.34/own\"");
        var none = await _texts.SendAsync(from, to, "none", ",\"use_profile_webhooks\":false");
        await _texts.StateAsync((string)own.Data["id"]!, "delivered");
        await _texts.StateAsync((string)none.Data["id"]!, "delivered");
        Assert.All(await _texts.ToldAsync(which: p => (string?)p["id"] == (string?)own.Data["id"]),
            t => Assert.Equal(("https://93.184.216.34/own", Texting.Failover), (t.Url, t.Failover)));
        // Told to nobody; the receiver is, by the same profile.
        Assert.Empty(await _texts.ToldAsync(which: p => (string?)p["id"] == (string?)none.Data["id"]));
        Assert.Single(await _texts.ToldAsync(which: p => (string?)p["text"] == "none"));
    }

    [Fact]
    public async Task A_message_that_waits_is_sent_at_its_time_or_taken_back()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        string At(TimeSpan span) => $",\"send_at\":\"{host.Time.GetUtcNow() + span:yyyy-MM-dd'T'HH:mm:ss'Z'}\"";
        (await _texts.SendAsync(from, to, "soon", At(TimeSpan.FromMinutes(4)))).Refuses(422, "10015", "/send_at");
        (await _texts.SendAsync(from, to, "late", At(TimeSpan.FromDays(6)))).Refuses(422, "10015", "/send_at");
        var one = await _texts.SendAsync(from, to, "one", At(TimeSpan.FromMinutes(6)));
        var two = await _texts.SendAsync(from, to, "two", At(TimeSpan.FromMinutes(6)));
        Assert.Equal(("scheduled", "scheduled"), ((string?)one.Data["to"]![0]!["status"], (string?)two.Data["to"]![0]!["status"]));
        string first = (string)one.Data["id"]!, second = (string)two.Data["id"]!;
        (await host.SendAsync("DELETE", $"/v2/messaging_profiles/{profile}")).Refuses(422, "10021");

        var cancelled = await host.SendAsync("DELETE", $"/v2/messages/{first}");
        Assert.Equal((200, "cancelled", first),
            (cancelled.Status, (string?)cancelled.Body["to"]![0]!["status"], (string?)cancelled.Body["id"]));
        (await host.SendAsync("DELETE", $"/v2/messages/{first}")).Refuses(403, "10010");
        host.Time.Advance(TimeSpan.FromSeconds(310));
        (await host.SendAsync("DELETE", $"/v2/messages/{second}")).Refuses(403, "10010");
        host.Time.Advance(TimeSpan.FromSeconds(60));
        await _texts.StateAsync(second, "delivered");
        Assert.Equal("cancelled", (string?)(await _texts.GetAsync(first)).Data["to"]![0]!["status"]);
        Assert.Empty(await _texts.ToldAsync(which: p => (string?)p["id"] == first));
    }

    [Fact]
    public async Task What_changed_meanwhile_is_seen_when_it_is_due()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var one = await _texts.SendAsync(from, to, "later",
            $",\"send_at\":\"{host.Time.GetUtcNow() + TimeSpan.FromMinutes(6):yyyy-MM-dd'T'HH:mm:ss'Z'}\"");
        await host.SendAsync("PATCH", $"/v2/phone_numbers/{from}/messaging", """{"messaging_profile_id":""}""");
        host.Time.Advance(TimeSpan.FromMinutes(7));
        var failed = await _texts.StateAsync((string)one.Data["id"]!, "sending_failed");
        Assert.Equal("40305", (string?)failed["errors"]![0]!["code"]);
    }

    [Fact]
    public async Task A_message_that_nobody_could_send_in_time_expires()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        // A row as a node left it that died an hour and more ago.
        var text = new TextMessage
        {
            Id = Guid.CreateVersion7(), Tenant = host.Tenant, Direction = Ringwright.Calls.Direction.Outbound, State = TextState.Queued,
            From = from, To = to, Profile = Guid.Parse(profile), Words = "old", Encoding = TextEncoding.Gsm7, Parts = 1,
            DueAt = host.Time.GetUtcNow() - TimeSpan.FromMinutes(61), ReceivedAt = host.Time.GetUtcNow() - TimeSpan.FromMinutes(61),
            ValidUntil = host.Time.GetUtcNow() - TimeSpan.FromMinutes(1),
        };
        Assert.Equal(TextRefusal.None, await host.Store.Texts.AddAsync(text, default, null, TestContext.Current.CancellationToken));
        var expired = await _texts.StateAsync(text.Id.ToString(), "expired");
        Assert.Equal(("40014", null), ((string?)expired["errors"]![0]!["code"], (string?)expired["cost"]));
    }

    [Fact]
    public async Task A_message_that_was_taken_and_never_heard_of_again_has_no_error()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        var now = host.Time.GetUtcNow();
        var text = new TextMessage
        {
            Id = Guid.CreateVersion7(), Tenant = host.Tenant, Direction = Ringwright.Calls.Direction.Outbound, State = TextState.Sent,
            From = from, To = to, Profile = Guid.Parse(profile), Words = "old", Encoding = TextEncoding.Gsm7, Parts = 1, DueAt = now,
            SentAt = now - TimeSpan.FromHours(72), ReceivedAt = now - TimeSpan.FromHours(72),
        };
        Assert.Equal(TextRefusal.None, await host.Store.Texts.AddAsync(text, default, null, TestContext.Current.CancellationToken));
        Assert.Empty((await _texts.StateAsync(text.Id.ToString(), "delivery_unconfirmed"))["errors"]!.AsArray());
    }

    [Fact]
    public async Task Of_two_who_send_one_message_one_does()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        string id = (string)(await _texts.SentAsync(from, to, "once"))["id"]!;
        var sent = (await host.Store.Texts.FindAsync(host.Tenant, Guid.Parse(id), TestContext.Current.CancellationToken))!;
        // Another node that had read it while it was queued.
        var come = sent with { Id = Guid.CreateVersion7(), Direction = Ringwright.Calls.Direction.Inbound, State = TextState.Received };
        Assert.False(await host.Store.Texts.DeliverHereAsync(sent, come, new(), TestContext.Current.CancellationToken));
        Assert.Null(await host.Store.Texts.FindAsync(host.Tenant, come.Id, TestContext.Current.CancellationToken));
        Assert.Single(await _texts.ToldAsync(which: p => (string?)p["text"] == "once" && (string?)p["direction"] == "inbound"));
    }

    [Fact]
    public async Task After_ten_days_a_message_is_not_shown_any_more()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        string id = (string)(await _texts.SentAsync(from, to, "old news"))["id"]!;
        host.Time.Advance(TimeSpan.FromDays(10) + TimeSpan.FromSeconds(1));
        (await _texts.GetAsync(id)).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_pool_keeps_a_sender_for_whoever_knows_it()
    {
        string profile = await _texts.ProfileAsync(
            ",\"number_pool_settings\":{\"toll_free_weight\":0,\"long_code_weight\":1,\"skip_unhealthy\":false,\"sticky_sender\":true}");
        string free = await _texts.NumberAsync(profile, prefix: "+1833555"), one = await _texts.NumberAsync(profile),
            two = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(await _texts.ProfileAsync());
        async Task<string> FromAsync()
        {
            var sent = await host.SendAsync("POST", "/v2/messages/number_pool",
                $$"""{"to":"{{to}}","text":"pooled","messaging_profile_id":"{{profile}}"}""");
            Assert.True(sent.Status == 200, sent.Text);
            await _texts.StateAsync((string)sent.Data["id"]!, "delivered");
            return (string)sent.Data["from"]!["phone_number"]!;
        }
        string chosen = await FromAsync();
        Assert.Contains(chosen, new[] { one, two });        // the weight of toll-free numbers is 0
        Assert.Equal((chosen, chosen), (await FromAsync(), await FromAsync()));
        await host.SendAsync("PATCH", $"/v2/phone_numbers/{chosen}/messaging", """{"messaging_profile_id":""}""");
        string other = await FromAsync();
        Assert.Equal(chosen == one ? two : one, other);
        await host.SendAsync("PATCH", $"/v2/phone_numbers/{other}/messaging", """{"messaging_profile_id":""}""");
        (await host.SendAsync("POST", "/v2/messages", $$"""{"to":"{{to}}","text":"x","messaging_profile_id":"{{profile}}"}"""))
            .Refuses(400, "40321");
        Assert.NotEqual(free, other);
        (await host.SendAsync("POST", "/v2/messages/number_pool",
            $$"""{"to":"{{to}}","text":"x","messaging_profile_id":"{{await _texts.ProfileAsync()}}"}""")).Refuses(400, "40321");
    }

    [Fact]
    public async Task A_pool_whose_numbers_reach_nobody_says_so()
    {
        string profile = await _texts.ProfileAsync(
            ",\"number_pool_settings\":{\"toll_free_weight\":1,\"long_code_weight\":1,\"skip_unhealthy\":true}");
        string from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(await _texts.ProfileAsync());
        string body = $$"""{"to":"{{to}}","text":"x","messaging_profile_id":"{{profile}}"}""";
        var now = host.Time.GetUtcNow();
        for (int i = 0; i < 20; i++)
        {
            if (i == 19) Assert.Equal(200, (await host.SendAsync("POST", "/v2/messages", body)).Status);
            var text = new TextMessage
            {
                Id = Guid.CreateVersion7(), Tenant = host.Tenant, Direction = Ringwright.Calls.Direction.Outbound,
                State = TextState.DeliveryFailed, From = from, To = "+15550229994", Profile = Guid.Parse(profile), Words = "",
                Encoding = TextEncoding.Gsm7, Parts = 1, SentAt = now, ReceivedAt = now, CompletedAt = now,
            };
            await host.Store.Texts.AddAsync(text, default, null, TestContext.Current.CancellationToken);
        }
        (await host.SendAsync("POST", "/v2/messages", body)).Refuses(400, "40315", "/messaging_profile_id");
    }
}
