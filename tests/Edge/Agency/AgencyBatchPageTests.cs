using System.Text.Json.Nodes;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>The pages of an agency's batches: files of contacts, progress, and what each may do with a batch.</summary>
public sealed class AgencyBatchPageTests : IAsyncLifetime
{
    private const string Page = "/agency/batches", Hostile = "<b onclick=alert(1)>";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    /// <summary>People reach this one by https.</summary>
    public async ValueTask InitializeAsync() =>
        _lab = await AgencyLab.StartAsync(Product.Sqlite, settings => settings with { PublicUrl = new("https://agency.example") });

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact, Depth("the gate has the page to sign in at; what pages ask the API for has tests by itself")]
    public async Task A_batch_takes_a_file_goes_on_and_shows_how_far_it_is_to_those_whose_it_is()
    {
        string held = await HeldAsync(), page = $"{Page}/{held}";
        await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        using var browser = new AgencyBrowser(Host);
        await browser.SignInAsync("ca1@example.com");
        Assert.EndsWith("; SameSite=Lax; Secure", browser.Set, StringComparison.Ordinal);

        string list = await browser.ReadAsync(Page);
        Assert.Contains($"href=\"{page}\"", list, StringComparison.Ordinal);
        Assert.Contains("&lt;b onclick=alert(1)&gt;", list, StringComparison.Ordinal);
        string shown = await browser.ReadAsync(page);
        Assert.DoesNotContain(Hostile, list + shown, StringComparison.Ordinal);
        // The client's administrator brings contacts, and begins nothing.
        Assert.Contains($"action=\"{page}/import\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain($"action=\"{page}/resume\"", shown, StringComparison.Ordinal);
        string token = AgencyBrowser.TokenOf(shown);
        Assert.Equal(403, (await browser.PostAsync(page + "/resume", ("token", token))).Status);

        string file = $"phone_number,first_name,company\n{AgencyLab.Number("ok-1")},{Hostile},{Hostile}\n{Hostile},Bob,\n";
        Assert.Equal(403, (await browser.UploadAsync(page + "/import", file)).Status);
        var tried = await browser.UploadAsync(page + "/import", file, ("token", token), ("dry_run", "true"));
        Assert.Equal(200, tried.Status);
        Assert.DoesNotContain(Hostile, tried.Text, StringComparison.Ordinal);
        Assert.Empty(await _lab.ContactsAsync(held));
        Assert.Equal(400, (await browser.UploadAsync(page + "/import", "no,numbers\n", ("token", token))).Status);
        var taken = await browser.UploadAsync(page + "/import", file, ("token", token));
        Assert.True(taken.Status == 303, taken.Text);
        Assert.StartsWith(page + "?import=", taken.To, StringComparison.Ordinal);
        Assert.Single(await _lab.ContactsAsync(held));
        string after = await browser.ReadAsync(taken.To!);
        foreach (string there in new[] { "people.csv", "&lt;b onclick=alert(1)&gt;", AgencyLab.Number("ok-1") })
            Assert.Contains(there, after, StringComparison.Ordinal);
        Assert.DoesNotContain(Hostile, after, StringComparison.Ordinal);
        string import = taken.To!.Split('=')[1];
        var errors = await browser.GetAsync($"/agency/imports/{import}/errors.csv");
        Assert.Equal((200, "text/csv"), (errors.Status, errors.Type));

        await IsNobodyElsesAsync(held, import);
        await IsGoneOnWithAsync(held);
    }

    [Fact, Depth("the gate has the page to sign in at; what pages ask the API for has tests by itself")]
    public async Task The_page_of_a_batch_says_why_somebody_is_not_called_or_not_reached_and_when_he_is_called_again()
    {
        string barred = AgencyLab.Number("ok-1"), nobody = AgencyLab.Number("nf"), busy = AgencyLab.Number("busy");
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", $$"""{"phone_number":"{{barred}}"}""");
        string campaign = await _lab.CampaignAsync("""{"max_attempts":2,"retry_policy":{"busy_seconds":3600}}""");
        string batch = (string)(await _lab.BatchAsync(campaign, [barred, nobody, busy]))["id"]!;
        var waits = await Eventually.SomeAsync(async () =>
        {
            var contacts = await _lab.ContactsAsync(batch);
            bool isOver = contacts.Any(one => (string?)one["phone_number"] == nobody && (string?)one["status"] is "failed");
            return isOver ? contacts.Find(one => (string?)one["phone_number"] == busy && one["next_attempt_at"] is not null) : null;
        }, "one is over, and one waits");
        await Host.UserAsync(Host.OwnerA, "ca1", "client_admin", _lab.Client);
        using var browser = new AgencyBrowser(Host);
        await browser.SignInAsync("ca1@example.com");
        string shown = await browser.ReadAsync($"{Page}/{batch}"), next = (string)waits["next_attempt_at"]!;
        foreach (string there in new[] { "failed: dnc", "failed: not found", next[..19].Replace('T', ' ') + " UTC" })
            Assert.Contains(there, shown, StringComparison.Ordinal);
    }

    private async Task IsNobodyElsesAsync(string held, string import)
    {
        string page = $"{Page}/{held}";
        await Host.UserAsync(Host.OwnerA, "ca2", "client_admin", _lab.OtherClient);
        await Host.UserAsync(Host.OwnerB, "aB", "agency_admin");
        foreach (string name in new[] { "ca2", "aB" })
        {
            using var other = new AgencyBrowser(Host);
            await other.SignInAsync($"{name}@example.com");
            string list = await other.ReadAsync(Page), token = AgencyBrowser.TokenOf(list);
            Assert.DoesNotContain(held, list, StringComparison.Ordinal);
            foreach (string path in new[] { page, page + "/progress", $"/agency/imports/{import}/errors.csv" })
                Assert.Equal(404, (await other.GetAsync(path)).Status);
            Assert.Equal(404, (await other.PostAsync(page + "/pause", ("token", token))).Status);
            Assert.Equal(404, (await other.UploadAsync(page + "/import", "phone_number\n+12125550100\n", ("token", token))).Status);
        }
        // A viewer of the client sees it, and changes nothing.
        using var viewer = new AgencyBrowser(Host);
        await viewer.SignInAsync("cv1@example.com");
        string seen = await viewer.ReadAsync(page);
        Assert.DoesNotContain("/import\"", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(AgencyLab.Number("ok-1"), seen, StringComparison.Ordinal);
        var refused = await viewer.UploadAsync(page + "/import", "phone_number\n+12125550100\n", ("token", AgencyBrowser.TokenOf(seen)));
        Assert.Equal(403, refused.Status);
        Assert.Single(await _lab.ContactsAsync(held));
    }

    /// <summary>The owner has it go on, and its page says when it is over.</summary>
    private async Task IsGoneOnWithAsync(string held)
    {
        string page = $"{Page}/{held}";
        var owner = Host.AccountA["agency_owner"]!;
        using var browser = new AgencyBrowser(Host);
        await browser.PostAsync("/agency/session", ("email", (string)owner["email"]!), ("password", (string)owner["password"]!));
        string shown = await browser.ReadAsync(page);
        Assert.Contains($"data-progress=\"{page}/progress\"", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("data-over", shown, StringComparison.Ordinal);
        await IsMadeAsync(browser);
        var moved = await browser.PostAsync(page + "/resume", ("token", AgencyBrowser.TokenOf(shown)));
        Assert.Equal((303, page), (moved.Status, moved.To));
        await _lab.BecomesAsync(held, "completed");
        string over = await browser.ReadAsync(page + "/progress");
        foreach (string there in new[] { "data-over", "value=\"100\"", "answered 1" })
            Assert.Contains(there, over, StringComparison.Ordinal);
        Assert.Equal(409, (await browser.PostAsync(page + "/cancel", ("token", AgencyBrowser.TokenOf(shown)))).Status);
        Assert.Contains("href=\"/agency/calls/", await browser.ReadAsync(page), StringComparison.Ordinal);
    }

    /// <summary>Another one is made by a page, for those who may.</summary>
    private async Task IsMadeAsync(AgencyBrowser browser)
    {
        string form = await browser.ReadAsync(Page + "/new"), campaign = await _lab.CampaignAsync();
        Assert.Contains($"value=\"{_lab.Agent}\"", form, StringComparison.Ordinal);
        Assert.Contains($"value=\"{AgencyLab.From}\"", form, StringComparison.Ordinal);
        (string, string)[] fields =
        [
            ("token", AgencyBrowser.TokenOf(form)), ("name", "By hand"), ("campaign_id", campaign), ("agent_mapping_id", _lab.Agent),
            ("from_number", AgencyLab.From),
        ];
        var made = await browser.PostAsync(Page + "/new", fields);
        Assert.True(made.Status == 303, made.Text);
        Assert.Contains("paused", await browser.ReadAsync(made.To!), StringComparison.Ordinal);
        fields[2] = ("campaign_id", Guid.NewGuid().ToString());
        Assert.Equal(404, (await browser.PostAsync(Page + "/new", fields)).Status);
        using var viewer = new AgencyBrowser(Host);
        await viewer.SignInAsync("cv1@example.com");
        fields[0] = ("token", AgencyBrowser.TokenOf(await viewer.ReadAsync(Page)));
        Assert.Equal(403, (await viewer.PostAsync(Page + "/new", fields)).Status);
    }

    private async Task<string> HeldAsync()
    {
        var body = JsonNode.Parse(_lab.BatchOf(await _lab.CampaignAsync(), [], """{"hold":true}"""))!.AsObject();
        body.Remove("contacts");
        body["name"] = Hostile;
        return (string)(await Host.DoneAsync(201, Host.OwnerA, "POST", "/batches", body.ToJsonString()))["batch"]!["id"]!;
    }
}
