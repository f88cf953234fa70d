using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>No face of the API, no link and no webhook of one account shows anything of another, whatever it asks with.</summary>
[Collection(nameof(Neighbours))]
public sealed class IsolationTests(Neighbours world)
{
    private const int TriesPerFilter = 3;

    [Fact]
    public async Task Each_list_holds_the_accounts_own_things_and_nothing_of_others()
    {
        foreach (var estate in world.All)
            foreach (var list in Arrangement.Lists)
            {
                var answer = (await estate.Customer
                    .GetAsync(list.Path.TrimStart('/') + (list.FindQuery("page") is null ? "" : "?page[size]=250"))).Succeeds();
                Assert.True(answer.Data.AsArray().Count > 0 || IsOfManagers(list) && estate.Parent is not null,
                    $"{list} is empty for {estate.Name}: give the estates something that it shows");
                foreach (var owner in world.All.Where(o => o != estate))
                    Neighbours.ShowsNothingOf(owner, answer.Text, $"{list} of {estate.Name}",
                        IsOfManagers(list) && owner.Parent == estate.Name ? [owner.Name, owner.Id] : []);
            }
    }

    /// <summary>Those who manage accounts read there what they are called.</summary>
    private static bool IsOfManagers(Operation operation) => operation.Family == "Managed Accounts";

    [Fact]
    public async Task A_filter_by_what_another_account_has_finds_what_a_filter_by_nothing_finds()
    {
        int asked = 0;
        foreach (var (asks, owner) in world.Pairs)
            foreach (var list in Arrangement.Lists.Where(list => !(IsOfManagers(list) && owner.Parent == asks.Name)))
                foreach (string filter in Filters(list))
                    for (int i = 0; i < TriesPerFilter; i++)
                    {
                        string theirs = i == 0 ? owner.Mark : owner.Secrets.ElementAt(world.Luck.Next(owner.Secrets.Count)),
                            nobodys = world.Unlike(theirs);
                        Answer found = await AskAsync(theirs), none = await AskAsync(nobodys);
                        Neighbours.ShowsNothingOf(owner, found.Text, $"{list} with {filter}={theirs} as {asks.Name}", theirs);
                        Assert.True(Neighbours.Plain(found, theirs) == Neighbours.Plain(none, nobodys),
                            $"{list} with {filter}={theirs} as {asks.Name}:\n{found.Text}\n{none.Text}");
                        Assert.True(none.Status != 200 || none.Data.AsArray().Count == 0,
                            $"{list} with {filter}={nobodys} finds {none.Text}");
                        asked++;

                        Task<Answer> AskAsync(string value) =>
                            asks.Customer.GetAsync($"{list.Path.TrimStart('/')}?{filter}={Uri.EscapeDataString(value)}");
                    }
        Assert.True(asked > 300, $"{asked}");
    }

    /// <summary>All that the contract names, with and without operators.</summary>
    private static IEnumerable<string> Filters(Operation list) =>
        list.FindQuery("filter") is { } filter ? Leaves(filter.Schema, "filter") : [];

    private static IEnumerable<string> Leaves(Schema schema, string at)
    {
        foreach (var (name, property) in schema.AllProperties())
            foreach (string leaf in property.HasProperties ? Leaves(property, $"{at}[{name}]") : [$"{at}[{name}]"]) yield return leaf;
    }

    [Fact]
    public async Task An_id_of_another_account_is_answered_as_one_that_never_was_and_changes_nothing()
    {
        var reads = Arrangement.OfThings.Where(o => o.Operation.Method == "GET" && !Arrangement.ListsBelow.Contains(o.Operation)).ToList();
        var before = new Dictionary<Estate, IReadOnlyDictionary<string, string>>();
        foreach (var estate in world.All)
        {
            before[estate] = await ReadSettledAsync(estate, reads);
            // A path that is read with a wrong id proves nothing with the right one of another.
            foreach (var (operation, thing) in reads.Where(r => r.Thing is not Thing.ManagedAccount || estate.Parent is null))
                Assert.True((await estate.Customer.GetAsync(Arrangement.PathOf(operation, estate[thing][^1]))).Status == 200,
                    $"{operation} does not show {estate.Name} its own {thing}");
        }

        int asked = 0;
        foreach (var (asks, owner) in world.Pairs)
            foreach (var (operation, thing) in Arrangement.OfThings)
                foreach (string theirs in owner[thing].Except(asks[thing]))
                {
                    string nobodys = world.Unlike(theirs);
                    Answer found = await AskAsync(theirs), none = await AskAsync(nobodys);
                    Assert.True(found.Status is 404 or 422,
                        $"{operation} with {theirs} of {owner.Name} as {asks.Name}: {found.Status} {found.Text}");
                    Neighbours.ShowsNothingOf(owner, found.Text, $"{operation} as {asks.Name}", theirs);
                    Assert.True(Neighbours.Plain(found, theirs) == Neighbours.Plain(none, nobodys),
                        $"{operation} with {theirs} of {owner.Name} as {asks.Name}:\n{found.Text}\nwith {nobodys}:\n{none.Text}");
                    asked++;

                    Task<Answer> AskAsync(string id) => asks.Customer.TryAsync(new(operation.Method), Arrangement.PathOf(operation, id),
                        Arrangement.BodyOf(operation, asks));
                }

        Assert.True(asked > 500, $"{asked}");
        foreach (var estate in world.All)
        {
            var after = await estate.ReadAsync(reads);
            Assert.Equal(before[estate].Keys, after.Keys);
            foreach (var (path, text) in before[estate])
                Assert.True(text == after[path], $"{estate.Name}, {path}:\n{text}\nis now\n{after[path]}");
        }
    }

    /// <summary>
    /// What the tests before this one have done to an estate's own calls is still being told: traces say so until it is. A gather of theirs
    /// would ask again when its time is over.
    /// </summary>
    private static async Task<IReadOnlyDictionary<string, string>> ReadSettledAsync(Estate estate,
        IReadOnlyList<(Operation Operation, Thing Thing)> reads)
    {
        var began = System.Diagnostics.Stopwatch.StartNew();
        await estate.Customer.TryActAsync(estate.LiveCall, "gather_stop");
        while (true)
        {
            var read = await estate.ReadAsync(reads);
            if (!read.Values.Any(text => text.Contains("\"outcome\":\"pending\"", StringComparison.Ordinal))) return read;
            Assert.True(began.Elapsed < TimeSpan.FromMinutes(3), $"webhooks of {estate.Name} are not delivered");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_body_that_names_another_accounts_thing_is_answered_as_one_that_names_nothing()
    {
        int asked = 0;
        foreach (var (asks, owner) in world.Pairs)
            foreach (var operation in Arrangement.Bound)
                foreach (var (pointer, thing, isList) in References.Of(operation))
                {
                    string theirs = owner[thing][^1], nobodys = world.Unlike(theirs);
                    Answer found = await AskAsync(theirs), none = await AskAsync(nobodys);
                    Neighbours.ShowsNothingOf(owner, found.Text, $"{operation} with {pointer} as {asks.Name}", theirs);
                    Assert.True(found.Status < 500, found.Text);
                    Assert.True(Neighbours.Plain(found, theirs) == Neighbours.Plain(none, nobodys),
                        $"{operation} with {pointer} = {theirs} of {owner.Name} as {asks.Name}:\n{found.Text}\nwith "
                        + $"{nobodys}:\n{none.Text}");
                    asked++;

                    Task<Answer> AskAsync(string id)
                    {
                        var body = Arrangement.BodyOf(operation, asks)!;     // a reference is in a body
                        Put(body, pointer, isList ? new JsonArray(id) : id);
                        string path = operation.PathNames.Count == 0 ? operation.Path.TrimStart('/')
                            : Arrangement.PathOf(operation,
                                Arrangement.ThingOf(operation) is Thing.Call ? asks.LiveCall : asks[Arrangement.ThingOf(operation)][^1]);
                        return asks.Customer.TryAsync(new(operation.Method), path, body);
                    }
                }
        Assert.True(asked > 100, $"{asked}");

        // What could be named is there still, and its owner may name it.
        foreach (var estate in world.All)
        {
            (await estate.Customer.GetAsync($"recordings/{estate[Thing.Recording][0]}")).Succeeds();
            (await estate.Customer.TryAsync(HttpMethod.Patch, $"call_control_applications/{estate.Customer.Application}", new()
            {
                ["application_name"] = "Application 0", ["webhook_event_url"] = estate.Customer.Sink.Root + "hooks",
                ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = estate[Thing.Profile][^1] },
            })).Succeeds();
        }
    }

    private static void Put(JsonObject body, string pointer, JsonNode value)
    {
        string[] steps = pointer[1..].Split('/');
        JsonNode at = body;
        for (int i = 0; i < steps.Length - 1; i++)
            at = at is JsonArray list ? list[0]! /* made with it */
                : (at[steps[i]] ??= steps[i + 1] == "0" ? new JsonArray(new JsonObject()) : new JsonObject());
        at[steps[^1]] = value;
    }

    [Fact]
    public async Task The_same_file_name_plays_each_account_its_own_and_anothers_name_plays_nothing()
    {
        foreach (var (asks, owner) in world.Pairs)
        {
            int ended = asks.Customer.Payloads("call.playback.ended").Count();
            foreach (string name in new[] { "greeting", owner.Tune, world.Unlike(owner.Tune) })
                (await asks.Customer.TryActAsync(asks.LiveCall, "playback_start", new() { ["media_name"] = name })).IsOk();
            await asks.Customer.CountAsync("call.playback.ended", ended + 3);
            var statuses = asks.Customer.Payloads("call.playback.ended").Skip(ended)
                .ToDictionary(p => (string?)p["media_name"] ?? "", p => (string?)p["status"]);
            Assert.Equal("completed", statuses["greeting"]);
            Assert.NotEqual("completed", statuses[owner.Tune]);
            Assert.Single(statuses.Where(s => s.Key != "greeting").Select(s => s.Value).Distinct());
        }
    }

    [Fact]
    public async Task What_is_taken_on_the_whole_node_is_said_to_be_taken_and_nothing_more()
    {
        foreach (var (asks, owner) in world.Pairs)
        {
            var (theirs, own) = (await TakeAsync(owner.UserName), await TakeAsync(asks.UserName));
            Assert.Equal(422, theirs.Status);
            Assert.Equal(Neighbours.Plain(own, asks.UserName), Neighbours.Plain(theirs, owner.UserName));
            Neighbours.ShowsNothingOf(owner, theirs.Text, "a user name that is taken", owner.UserName);

            Task<Answer> TakeAsync(string user) => asks.Customer.TryAsync(HttpMethod.Post, "credential_connections",
                new() { ["connection_name"] = "Thief", ["user_name"] = user, ["password"] = "long enough" });
        }
        // Nobody is told by the API whether another account's user exists: it cannot be called.
        foreach (var (asks, owner) in world.Pairs)
        {
            string Host(string user) => $"sip:{user}@127.0.0.1:{world.Node.SipPort}";
            string unknown = world.Unlike(owner.UserName);
            Answer theirs = await asks.Customer.TryAsync(HttpMethod.Post, "calls", asks.Customer.DialBody(Host(owner.UserName))),
                none = await asks.Customer.TryAsync(HttpMethod.Post, "calls", asks.Customer.DialBody(Host(unknown)));
            Assert.True(theirs.Status >= 400, theirs.Text);
            Assert.Equal(Neighbours.Plain(none, unknown), Neighbours.Plain(theirs, owner.UserName));
        }
    }

    [Fact]
    public async Task A_command_id_is_its_accounts_own()
    {
        var legs = new HashSet<string>();
        var phone = world.NewPhone();
        foreach (var estate in world.All)
            for (int i = 0; i < 2; i++)
                legs.Add((string)(await estate.Customer.DialAsync(phone.Uri, new() { ["command_id"] = "the-same" }))["call_control_id"]!);
        Assert.Equal(world.All.Count, legs.Count);
        foreach (var _ in world.All) await (await phone.RingsAsync()).RefuseAsync(486);
    }

    [Fact]
    public async Task A_link_is_good_for_its_own_recording_alone()
    {
        using var http = new HttpClient();
        foreach (var (asks, owner) in world.Pairs)
        {
            Uri mine = await LinkAsync(asks), theirs = await LinkAsync(owner);
            using (var own = await http.GetAsync(mine, TestContext.Current.CancellationToken)) Assert.True(own.IsSuccessStatusCode);
            string[] my = mine.AbsolutePath.Split('/'), their = theirs.AbsolutePath.Split('/');
            // recordings / tenant / id / file
            foreach (var path in new[]
            {
                theirs.AbsolutePath, Join(my[2], their[3], my[4]), Join(their[2], my[3], my[4]), Join(my[2], their[3], their[4]),
                Join(my[2], my[3], their[4])
            })
            {
                using var altered = await http.GetAsync(new Uri(mine, path + mine.Query), TestContext.Current.CancellationToken);
                string text = await altered.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.True((int)altered.StatusCode == 403, $"{path}: {altered.StatusCode}");
                Neighbours.ShowsNothingOf(owner, text + altered.Headers + altered.Content.Headers, "an altered link");
            }
        }

        static string Join(string tenant, string id, string file) => $"/recordings/{tenant}/{id}/{file}";
        static async Task<Uri> LinkAsync(Estate estate) => new(
            (string)(await estate.Customer.GetAsync($"recordings/{estate[Thing.Recording][0]}")).Succeeds().Data["download_urls"]!["wav"]!);
    }

    [Fact]
    public async Task Webhooks_tell_each_account_of_its_own_calls_alone_under_its_own_signature()
    {
        foreach (var (asks, owner) in world.Pairs)
        {
            Assert.NotEmpty(asks.Customer.Sink.Taken);
            foreach (var webhook in asks.Customer.Sink.Taken)
            {
                Neighbours.ShowsNothingOf(owner,
                    $"{webhook.Url}\n{string.Join('\n', webhook.Headers.Select(h => $"{h.Key}: {h.Value}"))}\n"
                    + $"{webhook.Body.ToJsonString()}",
                    $"{webhook.Type} to {asks.Name}");
                Assert.True(webhook.IsSignedBy(asks.Customer.PublicKey));
                Assert.False(webhook.IsSignedBy(owner.Customer.PublicKey));
            }
        }
        Assert.Equal(world.All.Count, world.All.Select(e => Convert.ToBase64String(e.Customer.PublicKey)).Distinct().Count());
        foreach (var estate in world.All)
        {
            var log = (await estate.Customer.GetAsync("webhook_deliveries?page[size]=250")).Succeeds();
            foreach (var owner in world.All.Where(o => o != estate))
                Neighbours.ShowsNothingOf(owner, log.Text, $"deliveries of {estate.Name}");
        }
    }

    [Fact] // case 65
    public async Task What_one_account_asks_leaves_the_others_allowance_alone()
    {
        await world.Node.RunAsync("tenant", "limit", world.Other.Name, "--rate", "50");
        var before = await world.Root.Customer.GetAsync("ips");
        for (int i = 0; i < 20; i++) await world.Other.Customer.GetAsync("ips");
        var (root, other) = (await world.Root.Customer.GetAsync("ips"), await world.Other.Customer.GetAsync("ips"));
        Assert.Equal(("100000", "50"), (root.Header("x-ratelimit-limit"), other.Header("x-ratelimit-limit")));
        Assert.Equal(before.Header("x-ratelimit-remaining"), root.Header("x-ratelimit-remaining"));
        await world.Node.Operator.SendAsync(HttpMethod.Patch,
            $"accounts/{await world.Node.Operator.FindAccountAsync(world.Other.Name)}", new() { ["request_rate"] = null });
    }
}
