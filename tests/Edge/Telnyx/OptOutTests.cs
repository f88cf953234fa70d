using System.Text.Json.Nodes;
using Ringwright.Store.Documents;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Who wants no more messages gets none; what is answered by itself, and that it comes to an end.</summary>
public sealed class OptOutTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private readonly Texting _texts = new(host);

    /// <summary>Our profile with two numbers, and a person of another account.</summary>
    private async Task<(string Profile, string One, string Two, string Person)> PartiesAsync()
    {
        string profile = await _texts.ProfileAsync();
        return (profile, await _texts.NumberAsync(profile), await _texts.NumberAsync(profile),
            await _texts.NumberAsync(await _texts.ProfileAsync(isStrangers: true), isStrangers: true));
    }

    /// <summary>What came to the person from us, oldest first.</summary>
    private async Task<IReadOnlyList<string>> ComeAsync(string person, string from) =>
        [.. (await _texts.ToldAsync(isStrangers: true, p => (string?)p["direction"] == "inbound"
            && (string?)p["to"]![0]!["phone_number"] == person && (string?)p["from"]!["phone_number"] == from))
            .Select(t => (string)t.Payload["text"]!)];

    private Task<IReadOnlyList<string>> ComeAsync(string person, string from, int count) => Eventually.SomeAsync(async () =>
        await ComeAsync(person, from) is { } come && come.Count >= count ? come : null, $"{count} messages have come");

    private async Task ConfigureAsync(string profile, string op, string words, string country, string answer)
    {
        var body = new JsonObject
        {
            ["op"] = op, ["keywords"] = new JsonArray(words), ["country_code"] = country, ["resp_text"] = answer,
        };
        var made = await host.SendAsync("POST", $"/v2/messaging_profiles/{profile}/autoresp_configs", body.ToJsonString());
        Assert.True(made.Status == 200, made.Text);
    }

    [Fact]
    public async Task Stop_blocks_every_number_of_the_profile_until_start()
    {
        var (profile, one, two, person) = await PartiesAsync();
        await _texts.SentAsync(person, one, "Stop!", isStrangers: true);
        var (type, payload, _, _) = Assert.Single(await _texts.ToldAsync(which: p => (string?)p["from"]!["phone_number"] == person));
        Assert.Equal(("message.received", "STOP", "Stop!"), (type, (string?)payload["autoresponse_type"], (string?)payload["text"]));
        // The confirmation passes the rule that it confirms.
        Assert.Contains("START", Assert.Single(await ComeAsync(person, one, 1)), StringComparison.Ordinal);
        (await _texts.SendAsync(one, person, "Buy!")).Refuses(409, "40300");
        (await _texts.SendAsync(two, person, "Buy!")).Refuses(409, "40300");
        var listed = await host.SendAsync("GET", $"/v2/messaging_optouts?filter[messaging_profile_id]={profile}");
        var item = Assert.Single(listed.List)!;
        Assert.Equal((one, person, "STOP", profile), ((string?)item["from"], (string?)item["to"], (string?)item["keyword"],
            (string?)item["messaging_profile_id"]));
        foreach (string yes in (string[])["true", "True", "1"])
        {
            var hidden = await host.SendAsync("GET",
                $"/v2/messaging_optouts?filter[from]={Uri.EscapeDataString(one)}&redaction_enabled={yes}");
            Assert.Equal(person[..^4] + "****", (string?)Assert.Single(hidden.List)!["to"]);
        }
        // As it is typed.
        Assert.Single((await host.SendAsync("GET", $"/v2/messaging_optouts?filter[from]={one}")).List);
        Assert.Empty((await host.SendAsync("GET", $"/v2/messaging_optouts?filter[messaging_profile_id]={profile}", (string?)null,
            TelnyxHost.OtherTenantKey)).List);
        Assert.Empty((await host.SendAsync("GET",
            $"/v2/messaging_optouts?filter[messaging_profile_id]={profile}&created_at[gte]=2999-01-01T00:00:00Z")).List);
        Assert.Equal(422, (await host.SendAsync("GET", "/v2/messaging_optouts?created_at[gte]=soon")).Status);

        // Another profile of the same account is not what was stopped.
        string other = await _texts.NumberAsync(await _texts.ProfileAsync());
        await _texts.SentAsync(other, person, "Your code is 1234.");

        await _texts.SentAsync(person, two, "start", isStrangers: true);
        Assert.Contains("STOP", Assert.Single(await ComeAsync(person, two, 1)), StringComparison.Ordinal);
        await _texts.SentAsync(one, person, "Thanks!");
        Assert.Empty((await host.SendAsync("GET", $"/v2/messaging_optouts?filter[messaging_profile_id]={profile}")).List);
    }

    [Fact]
    public async Task Stop_twice_is_answered_once_and_a_sentence_stops_nothing()
    {
        var (profile, one, _, person) = await PartiesAsync();
        await _texts.SentAsync(person, one, "please stop it", isStrangers: true);
        await _texts.SentAsync(one, person, "sorry");
        await _texts.SentAsync(person, one, "STOP", isStrangers: true);
        // The confirmation is of no use, and not sent, five minutes later.
        await ComeAsync(person, one, 2);
        host.Time.Advance(TimeSpan.FromMinutes(10));
        await _texts.SentAsync(person, one, "STOP", isStrangers: true);
        Assert.Equal(2, (await ComeAsync(person, one, 2)).Count);       // ours, and one confirmation
        Assert.Single((await host.SendAsync("GET", $"/v2/messaging_optouts?filter[messaging_profile_id]={profile}")).List);
    }

    [Fact]
    public async Task What_is_scheduled_to_who_stops_meanwhile_is_not_sent()
    {
        var (_, one, _, person) = await PartiesAsync();
        var waits = await _texts.SendAsync(one, person, "later",
            $",\"send_at\":\"{host.Time.GetUtcNow() + TimeSpan.FromMinutes(6):yyyy-MM-dd'T'HH:mm:ss'Z'}\"");
        await _texts.SentAsync(person, one, "QUIT", isStrangers: true);
        host.Time.Advance(TimeSpan.FromMinutes(7));
        var failed = await _texts.StateAsync((string)waits.Data["id"]!, "sending_failed");
        Assert.Equal("40300", (string?)failed["errors"]![0]!["code"]);
    }

    [Fact]
    public async Task Own_words_have_answers_by_country_and_an_empty_answer_is_none()
    {
        var (profile, one, _, person) = await PartiesAsync();
        await ConfigureAsync(profile, "info", "price", "*", "Ten dollars.");
        await ConfigureAsync(profile, "info", "preis", "de", "Zehn Euro.");
        await ConfigureAsync(profile, "start", "weiter", "*", "");
        await _texts.SentAsync(person, one, " Price. ", isStrangers: true);
        Assert.Equal(["Ten dollars."], await ComeAsync(person, one, 1));
        await _texts.SentAsync(person, one, "Preis", isStrangers: true);       // a word of Germany alone
        await _texts.SentAsync(person, one, "weiter", isStrangers: true);
        string last = (string)(await _texts.SentAsync(one, person, "last"))["id"]!;
        Assert.NotEmpty(last);
        Assert.Equal(["Ten dollars.", "last"], await ComeAsync(person, one, 2));

        var listed = await host.SendAsync("GET", $"/v2/messaging_profiles/{profile}/autoresp_configs?country_code=DE");
        string id = (string)Assert.Single(listed.List)!["id"]!;
        string path = $"/v2/messaging_profiles/{profile}/autoresp_configs/{id}";
        // Countries may be written small.
        foreach (var (query, count) in ((string, int)[])[("de", 1), ("", 3), ("us", 0)])
            Assert.Equal(count, (await host.SendAsync("GET", $"/v2/messaging_profiles/{profile}/autoresp_configs?country_code={query}"))
                .List.Count);
        var german = (await host.SendAsync("GET", path)).Data;
        Assert.Equal(("DE", "Zehn Euro."), ((string?)german["country_code"], (string?)german["resp_text"]));
        (await host.SendAsync("GET", path, (string?)null, TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Equal(200, (await host.SendAsync("DELETE", path)).Status);
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_profile_has_so_many_answers_and_each_of_them_counts()
    {
        var (profile, one, _, person) = await PartiesAsync();
        var rows = host.Store.Documents.Rows(new DocumentKind("autoresp_config"));
        for (int i = 1; i < 250; i++)
        {
            var body = new JsonObject
            {
                ["op"] = "info", ["keywords"] = new JsonArray($"word{i}"), ["country_code"] = "*", ["resp_text"] = "no",
                ["messaging_profile_id"] = profile,
            };
            await rows.InsertAsync(new()
            {
                Id = Guid.NewGuid().ToString(), Tenant = host.Tenant, Body = body, CreatedAt = host.Time.GetUtcNow(),
                UpdatedAt = host.Time.GetUtcNow(),
            }, null, TestContext.Current.CancellationToken);
        }
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await ConfigureAsync(profile, "info", "last", "*", "Heard.");
        await _texts.SentAsync(person, one, "last", isStrangers: true);
        Assert.Equal(["Heard."], await ComeAsync(person, one, 1));
        string path = $"/v2/messaging_profiles/{profile}/autoresp_configs";
        Assert.Equal(250, (await host.SendAsync("GET", path)).List.Count);
        (await host.SendAsync("POST", path, """{"op":"info","keywords":["more"],"country_code":"*"}""")).Refuses(422, "10015");
    }

    [Fact]
    public async Task Help_is_another_word_for_info()
    {
        var (profile, one, _, person) = await PartiesAsync();
        var made = await host.SendAsync("POST", $"/v2/messaging_profiles/{profile}/autoresp_configs",
            """{"op":"help","keywords":["HELP","aide"],"country_code":"*","resp_text":"Write to us."}""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal("info", (string?)made.Data["op"]);
        await _texts.SentAsync(person, one, "Aide!", isStrangers: true);
        Assert.Equal(["Write to us."], await ComeAsync(person, one, 1));
    }

    [Theory]
    [InlineData("""{"op":"start","keywords":["STOP"],"country_code":"US"}""", "/keywords/0")]
    [InlineData("""{"op":"stop","keywords":["help"],"country_code":"US"}""", "/keywords/0")]
    [InlineData("""{"op":"info","keywords":[],"country_code":"US"}""", "/keywords")]
    [InlineData("""{"op":"info","keywords":["x","..."],"country_code":"US"}""", "/keywords/1")]
    [InlineData("""{"op":"info","keywords":["x"],"country_code":"usa"}""", "/country_code")]
    public async Task No_profile_takes_a_usual_word_away(string body, string pointer) =>
        (await host.SendAsync("POST", $"/v2/messaging_profiles/{await _texts.ProfileAsync()}/autoresp_configs", body))
            .Refuses(422, "10015", pointer);

    [Fact]
    public async Task Two_who_answer_by_themselves_come_to_an_end()
    {
        string ours = await _texts.ProfileAsync(), one = await _texts.NumberAsync(ours);
        string theirs = await _texts.ProfileAsync(isStrangers: true), two = await _texts.NumberAsync(theirs, isStrangers: true);
        // Each answers the word with the word.
        await ConfigureAsync(ours, "info", "ping", "*", "ping");
        var made = await host.SendAsync("POST", $"/v2/messaging_profiles/{theirs}/autoresp_configs",
            """{"op":"info","keywords":["ping"],"country_code":"*","resp_text":"ping"}""", TelnyxHost.OtherTenantKey);
        Assert.Equal(200, made.Status);
        await _texts.SentAsync(two, one, "ping", isStrangers: true);
        Assert.Equal(["ping"], await ComeAsync(two, one, 1));
        // Nothing automatic is answered: what comes next is behind all that the two would have said.
        await _texts.SentAsync(one, two, "over");
        Assert.Equal(["ping", "over"], await ComeAsync(two, one, 2));
        // A person who asks again within the minute gets no answer, later one, and five a day.
        for (int i = 0; i < 8; i++)
        {
            await _texts.SentAsync(two, one, $"ping{new string('!', i + 1)}", isStrangers: true);
            if (i > 0) host.Time.Advance(TimeSpan.FromMinutes(2));
        }
        await _texts.SentAsync(one, two, "end");
        var come = await ComeAsync(two, one);
        Assert.Equal(5, come.Count(text => text == "ping"));
    }

    [Fact]
    public async Task More_than_thirty_messages_a_minute_between_two_numbers_are_cut_off()
    {
        string profile = await _texts.ProfileAsync(), from = await _texts.NumberAsync(profile), to = await _texts.NumberAsync(profile);
        for (int i = 0; i < 30; i++) await _texts.SentAsync(from, to, $"number {i}");
        var cut = await _texts.SentAsync(from, to, "one more", "sending_failed");
        Assert.Equal("40007", (string?)cut["errors"]![0]!["code"]);
        host.Time.Advance(TimeSpan.FromSeconds(61));
        await _texts.SentAsync(from, to, "later");
    }
}
