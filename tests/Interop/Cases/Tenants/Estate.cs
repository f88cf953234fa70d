using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Core;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// An account with rows of every kind. All accounts give their things the same names wherever each may have that name for itself;
/// everything that must never be seen elsewhere, their ids above all, is among the secrets.
/// </summary>
internal sealed partial class Estate
{
    private readonly Dictionary<Thing, List<string>> _ids = [];
    private readonly HashSet<string> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly Rng _rng;

    private Estate(string name, string? parent, string id, Customer customer, string mark, Rng rng) =>
        (Name, Parent, Id, Customer, Mark, _rng) = (name, parent, id, customer, mark, rng);

    public string Name { get; }

    /// <summary>The name of the account above it, which reads of it what its manager may know: its name and its id.</summary>
    public string? Parent { get; }
    public string Id { get; }
    public Customer Customer { get; }

    /// <summary>In every free text of this account.</summary>
    public string Mark { get; }

    /// <summary>A live call that somebody placed to the account's number, answered.</summary>
    public string LiveCall { get; private set; } = "";

    public IReadOnlyCollection<string> Secrets => _secrets;

    public IReadOnlyList<string> this[Thing thing] => _ids.GetValueOrDefault(thing) ?? [];

    public string UserName => $"user{Mark}";

    /// <summary>An address that no other account lists.</summary>
    public string AddressOf(int host) =>
        $"203.0.{100 + int.Parse(Customer.Number[^2..], System.Globalization.CultureInfo.InvariantCulture)}.{host}";

    /// <summary>A file that no other account has.</summary>
    public string Tune => $"tune-{string.Concat(Mark.Reverse())}";

    /// <summary>The mark as a client state.</summary>
    private string State => Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark));

    public static async Task<Estate> BuildAsync(RunningNode node, string name, string number, Rng rng, Phone phone, string? parent = null)
    {
        string mark = $"m{rng.Next(int.MaxValue):x8}{rng.Next(int.MaxValue):x8}";
        name += $" {mark}";
        var made = await node.NewTenantAsync(name, parent);
        await node.ImportNumbersAsync([number], name);
        var customer = await Customer.CreateAsync(node, number, _ => new() { ["application_name"] = "Application 0" },
            (string)made["telnyx_key"]!);
        var estate = new Estate(name, parent, (string)made["id"]!, customer, mark, rng);
        estate.Hide((string)made["id"]!, name, (string)made["telnyx_key"]!, (string)made["webhook_secret"]!, number, number[1..], mark,
            estate.State, customer.Sink.Root);
        estate.Keep(Thing.Profile, customer.Profile);
        estate.Keep(Thing.Application, customer.Application);
        estate.Keep(Thing.Number, number);
        await estate.ConfigureAsync();
        await estate.CallAsync(phone);
        return estate;
    }

    /// <summary>Ids and other values in the answers of this account that nobody else may see.</summary>
    public void Hide(params IEnumerable<string?> secrets) => _secrets.UnionWith(secrets.OfType<string>().Where(s => s.Length > 0));

    private void Keep(Thing thing, string id)
    {
        if (!_ids.TryGetValue(thing, out var ids)) _ids.Add(thing, ids = []);
        ids.Add(id);
        Hide(id);
    }

    private async Task<JsonNode> MakeAsync(Thing thing, string path, JsonObject body, string id = "id")
    {
        var made = await Customer.SendAsync(HttpMethod.Post, path, body);
        Keep(thing, (string)made[id]!);
        return made;
    }

    private async Task ConfigureAsync()
    {
        for (int i = 1; i <= 1 + _rng.Next(2); i++)
            await MakeAsync(Thing.Profile, "outbound_voice_profiles", new() { ["name"] = $"Profile {i}", ["tags"] = new JsonArray(Mark) });
        for (int i = 1; i <= 1 + _rng.Next(2); i++)
            await MakeAsync(Thing.Application, "call_control_applications",
                new() { ["application_name"] = $"Application {i}", ["webhook_event_url"] = $"{Customer.Sink.Root}{Mark}" });
        await MakeAsync(Thing.DocumentApplication, "texml_applications",
            new() { ["friendly_name"] = "Documents", ["voice_url"] = $"{Customer.Sink.Root}{Mark}", ["tags"] = new JsonArray(Mark) });

        await MakeAsync(Thing.CredentialConnection, "credential_connections", new()
        {
            ["connection_name"] = "Phones", ["user_name"] = UserName, ["password"] = $"password-{Mark}", ["tags"] = new JsonArray(Mark),
            ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = Customer.Profile },
            ["inbound"] = new JsonObject { ["sip_subdomain"] = $"sub{Mark}" },
        });
        await MakeAsync(Thing.IpConnection, "ip_connections", new() { ["connection_name"] = "PBX", ["tags"] = new JsonArray(Mark) });
        await MakeAsync(Thing.FqdnConnection, "fqdn_connections", new() { ["connection_name"] = "Hosts", ["tags"] = new JsonArray(Mark) });
        for (int i = 1; i <= 1 + _rng.Next(2); i++)
            await MakeAsync(Thing.Ip, "ips", new() { ["ip_address"] = AddressOf(i), ["connection_id"] = this[Thing.IpConnection][0] });
        for (int i = 1; i <= 1 + _rng.Next(2); i++)
            await MakeAsync(Thing.Fqdn, "fqdns", new()
            {
                ["fqdn"] = $"host{i}.{Mark}.example", ["dns_record_type"] = "a", ["connection_id"] = this[Thing.FqdnConnection][0]
            });
        for (int i = 1; i <= 1 + _rng.Next(2); i++)
        {
            var user = await MakeAsync(Thing.Credential, "telephony_credentials",
                new() { ["connection_id"] = this[Thing.CredentialConnection][0], ["name"] = $"Desk {i}", ["tag"] = Mark });
            Hide((string?)user["sip_username"], (string?)user["sip_password"]);
        }
        await MakeAsync(Thing.SiprecConnector, "siprec_connectors",
            new() { ["name"] = $"recorder-{Mark}", ["host"] = "127.0.0.1", ["port"] = 9 }, "name");
        foreach (string name in new[] { "greeting", Tune })
            await MakeAsync(Thing.Media, "media", new()
            {
                ["media_name"] = name, ["media_url"] = Customer.Sink.Serve($"{name}.wav", Wav.Tone(400 + _rng.Next(400), 200))
            }, "media_name");
        // One that all have, and one that others ask for by its name: their own lists may say so.
        _secrets.ExceptWith(["greeting", Tune]);
        await MakeAsync(Thing.MessagingProfile, "messaging_profiles",
            new() { ["name"] = $"Texts {Mark}", ["whitelisted_destinations"] = new JsonArray("US") });
        Keep(Thing.CsvDownload, (string)(await Customer.SendAsync(HttpMethod.Post, "phone_numbers/csv_downloads"))[0]!["id"]!);
        await MakeAsync(Thing.BillingGroup, "billing_groups", new() { ["name"] = $"Group {Mark}" });
        await MakeAsync(Thing.Secret, "integration_secrets",
            new() { ["identifier"] = "crm", ["type"] = "basic", ["username"] = Mark, ["password"] = Mark });
        await MakeAsync(Thing.Provider, "authentication_providers",
            new() { ["name"] = $"Sign-in {Mark}", ["short_name"] = "staff", ["settings"] = Arrangement.ProviderSettings() });
        // The tests ask from the node's own machine, which is let in where it is listed.
        (await Customer.TryAsync(HttpMethod.Post, "access_ip_ranges", new() { ["cidr_block"] = "127.0.0.0/8" })).Succeeds();
        foreach (var (thing, path, field, value) in new[]
        {
            (Thing.AccessAddress, "access_ip_address", "ip_address", "203.0.113.7"),
            (Thing.AccessRange, "access_ip_ranges", "cidr_block", "198.51.100.0/24")
        })
            Keep(thing, (string)(await Customer.TryAsync(HttpMethod.Post, path, new() { [field] = value, ["description"] = Mark }))
                .Succeeds().Body["id"]!);
        if (Parent is null)
        {
            var managed = await MakeAsync(Thing.ManagedAccount, "managed_accounts",
                new() { ["business_name"] = $"Managed {Mark}", ["email"] = $"{Mark}@example.com" });
            Hide((string?)managed["api_key"], (string?)managed["api_token"]);
        }
        var number = await Customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(Customer.Number)}",
            new() { ["tags"] = new JsonArray(Mark), ["customer_reference"] = Mark });
        Keep(Thing.Number, (string)number["id"]!);
        var job = await MakeAsync(Thing.NumbersJob, "phone_numbers/jobs/update_phone_numbers",
            new() { ["phone_numbers"] = new JsonArray(Customer.Number), ["customer_reference"] = Mark });
        await Eventually.SomeAsync(async () =>
            (await Customer.GetAsync($"phone_numbers/jobs/{(string)job["id"]!}")).Succeeds().Data is var now
                && (string?)now["status"] == "completed" ? now : null, "the job is done");
        await Customer.SendAsync(HttpMethod.Post, $"phone_numbers/{(string)number["id"]!}/voicemail",
            new() { ["enabled"] = false, ["pin"] = "4711" });
    }

    /// <summary>One call that was recorded and has ended, one that lives, one that the account placed and lives.</summary>
    private async Task CallAsync(Phone phone)
    {
        string caller = $"+1312555{_rng.Next(10_000):D4}";
        var (call, from) = await AnsweredAsync(phone, caller, 1);
        await Customer.ActAsync(call, "record_start", new() { ["format"] = "wav", ["channels"] = "single", ["transcription"] = true });
        from.Audio.Say(440, 200);
        await from.Audio.SaidAsync();
        await Customer.ActAsync(call, "record_stop");
        var saved = await Customer.NextAsync("call.recording.saved");
        Keep(Thing.Recording, (string)saved["recording_id"]!);
        Keep(Thing.Transcription,
            (string)(await Customer.NextAsync("call.recording.transcription.saved"))["recording_transcription_id"]!);
        await Customer.ActAsync(call, "hangup");
        await Customer.NextAsync("call.hangup");

        (call, _) = await AnsweredAsync(phone, caller, 2);
        LiveCall = (string)call["call_control_id"]!;
        var dialled = await Customer.DialAsync(phone.Uri, new() { ["client_state"] = State, ["command_id"] = "dial-1" });
        Keep(dialled);
        await (await phone.RingsAsync()).AcceptAsync();
        await Customer.NextAsync("call.answered", 3);
        await KeepDeliveriesAsync();
    }

    private async Task<(JsonObject Call, PhoneCall Phone)> AnsweredAsync(Phone phone, string caller, int nth)
    {
        var ringing = phone.Call(Customer.Number, caller, name: Mark);
        var call = await Customer.NextAsync("call.initiated", nth);
        Keep(call);
        await Customer.ActAsync(call, "answer");
        await Customer.NextAsync("call.answered", nth);
        return (call, ringing);
    }

    private void Keep(JsonNode call)
    {
        Keep(Thing.Call, (string)call["call_control_id"]!);
        Hide((string?)call["call_leg_id"], (string?)call["call_session_id"]);
    }

    private async Task KeepDeliveriesAsync()
    {
        var log = await Eventually.SomeAsync(async () =>
        {
            var found = (await Customer.GetAsync("webhook_deliveries?page[size]=250")).Succeeds().Data.AsArray();
            return found.Count >= Customer.Sink.Taken.Count ? found : null;
        }, "every webhook is in the log");
        foreach (var delivery in log)
        {
            Keep(Thing.Delivery, (string)delivery!["id"]!);
            Hide((string?)delivery["webhook"]!["id"]);
        }
    }

    /// <summary>What the account reads of each of its things, but for what changes by itself.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadAsync(IEnumerable<(Ringwright.Http.Operation Operation, Thing Thing)> reads)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (operation, thing) in reads)
            foreach (string id in this[thing])
            {
                string path = Arrangement.PathOf(operation, id);
                var answer = await Customer.GetAsync(path);
                if (thing is not Thing.Recording && answer.Status == 404) continue;      // an application is no SIP connection
                read[path] = Moving().Replace($"{answer.Status} {answer.Text}", "~");
            }
        return read;
    }

    /// <summary>Links with their signature, how long a call lasts, and what the calls of this moment leave behind.</summary>
    [GeneratedRegex("""\?expires=[^"]*|"call_duration":\d+|"seconds[^,]*|"age[^,]*""")]
    private static partial Regex Moving();
}
