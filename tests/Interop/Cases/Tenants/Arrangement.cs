using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Http;
using Ringwright.Telnyx;

namespace Ringwright.Interop.Cases;

/// <summary>
/// How each bound operation of voice is asked: what its path names and a body that fits (<see cref="References"/> has what fields of bodies
/// name). One of these roots that is bound and not arranged here fails the tests of isolation, which say the line to add.
/// All others are walked with another account's key by the contract's conformance test.
/// </summary>
internal static partial class Arrangement
{
    private static readonly Contract Contract = TelnyxContract.Read();

    /// <summary>First words of paths.</summary>
    private static readonly HashSet<string> Roots = new(StringComparer.Ordinal)
    {
        "outbound_voice_profiles", "call_control_applications", "texml_applications", "connections",
        "credential_connections", "ip_connections", "fqdn_connections", "ips", "fqdns", "telephony_credentials",
        "phone_numbers", "media", "recordings", "webhook_deliveries", "calls", "call_events", "public_key",
    };

    /// <summary>Everything that has behaviour, in the contract's order.</summary>
    public static readonly IReadOnlyList<Operation> Bound = [.. Operations()];

    public static IEnumerable<Operation> Lists =>
        Bound.Where(o => o.Method == "GET" && !o.IsOfOne && o.PathNames.Count == 0 && HasItems(o));

    /// <summary>Others tell of the account or the node itself: its tags, its channels, its voices.</summary>
    private static bool HasItems(Operation operation) =>
        operation.FindReply(operation.SuccessStatus)?.Json?.FindProperty("data") is { } data
        && data is not { Items: null, HasProperties: true };

    /// <summary>Lists below a thing.</summary>
    public static IEnumerable<Operation> ListsBelow => Bound.Where(o => o.Id == "ListConnectionActiveCalls");

    public static IEnumerable<(Operation Operation, Thing Thing)> OfThings =>
        Bound.Where(o => o.PathNames.Count > 0).Select(o => (o, ThingOf(o)));

    private static IEnumerable<Operation> Operations()
    {
        var table = TelnyxBindings.ReadOnly(Contract);
        return Contract.Operations.Concat(Contract.Extensions).Where(o => table[o].IsReal && Roots.Contains(o.Path.Split('/')[1]));
    }

    private static readonly Dictionary<string, Thing> Paths = new(StringComparer.Ordinal)
    {
        ["/outbound_voice_profiles/{id}"] = Thing.Profile,
        ["/call_control_applications/{id}"] = Thing.Application,
        ["/texml_applications/{id}"] = Thing.DocumentApplication,
        ["/connections/{id}"] = Thing.Application,
        ["/connections/{connection_id}"] = Thing.Application,
        ["/credential_connections/{id}"] = Thing.CredentialConnection,
        ["/ip_connections/{id}"] = Thing.IpConnection,
        ["/fqdn_connections/{id}"] = Thing.FqdnConnection,
        ["/ips/{id}"] = Thing.Ip,
        ["/fqdns/{id}"] = Thing.Fqdn,
        ["/telephony_credentials/{id}"] = Thing.Credential,
        ["/phone_numbers/{id}"] = Thing.Number,
        ["/phone_numbers/{phone_number_id}"] = Thing.Number,
        ["/phone_numbers/csv_downloads/{id}"] = Thing.CsvDownload,
        ["/phone_numbers/jobs/{id}"] = Thing.NumbersJob,
        ["/media/{media_name}"] = Thing.Media,
        ["/recordings/{recording_id}"] = Thing.Recording,
        ["/recording_transcriptions/{recording_transcription_id}"] = Thing.Transcription,
        ["/webhook_deliveries/{id}"] = Thing.Delivery,
        ["/calls/{call_control_id}"] = Thing.Call,
        ["/billing_groups/{id}"] = Thing.BillingGroup,
        ["/integration_secrets/{id}"] = Thing.Secret,
        ["/authentication_providers/{id}"] = Thing.Provider,
        ["/access_ip_address/{access_ip_address_id}"] = Thing.AccessAddress,
        ["/access_ip_ranges/{access_ip_range_id}"] = Thing.AccessRange,
        ["/managed_accounts/{id}"] = Thing.ManagedAccount,
    };

    /// <summary>What the last parameter of the path names.</summary>
    public static Thing ThingOf(Operation operation)
    {
        string upToName = operation.Path[..(operation.Path.LastIndexOf('}') + 1)];
        return Paths.TryGetValue(upToName, out var thing) ? thing
            : throw new Xunit.Sdk.XunitException(
                $"{operation} is bound: say what its path names. A line for {nameof(Paths)} of {nameof(Arrangement)}:\n"
                + $"        [\"{upToName}\"] = {nameof(Thing)}.{References.FindThing(operation.PathNames[^1]) ?? Thing.None},");
    }

    public static string PathOf(Operation operation, string id) =>
        Parameter().Replace(operation.Path, Uri.EscapeDataString(id)).TrimStart('/');

    /// <summary>A body that would be accepted; null when the operation has none.</summary>
    public static JsonObject? BodyOf(Operation operation, Estate estate)
    {
        if (SchemaOf(operation) is not { } schema) return null;
        if (Bodies.TryGetValue(operation.Id, out var make)) return make(estate);
        string[] required = [.. schema.Required.Concat(schema.AllOf.SelectMany(p => p.Required)).Distinct(StringComparer.Ordinal)];
        return required.Length == 0 ? []
            : throw new Xunit.Sdk.XunitException(
                $"{operation} is bound and needs a body: say what fits. A line for {nameof(Bodies)} of {nameof(Arrangement)}:\n"
                + $"        [\"{operation.Id}\"] = _ => new() {{ {string.Join(", ", required.Select(n => $"[\"{n}\"] = \"…\""))} }},");
    }

    private static readonly Dictionary<string, Func<Estate, JsonObject>> Bodies = new(StringComparer.Ordinal)
    {
        ["CreateVoiceProfile"] = _ => new() { ["name"] = "Another" },
        ["UpdateOutboundVoiceProfile"] = _ => new() { ["name"] = "Taken over" },
        ["CreateCallControlApplication"] = e =>
            new() { ["application_name"] = "Another", ["webhook_event_url"] = e.Customer.Sink.Root + "hooks" },
        ["UpdateCallControlApplication"] = e =>
            new() { ["application_name"] = "Taken over", ["webhook_event_url"] = e.Customer.Sink.Root + "hooks" },
        ["CreateTexmlApplication"] = e => new() { ["friendly_name"] = "Another", ["voice_url"] = e.Customer.Sink.Root + "voice" },
        ["UpdateTexmlApplication"] = e => new() { ["friendly_name"] = "Taken over", ["voice_url"] = e.Customer.Sink.Root + "voice" },
        ["CreateCredentialConnection"] = e =>
            new() { ["connection_name"] = "Another", ["user_name"] = "another" + e.Mark[..12], ["password"] = "long enough" },
        ["CreateFqdnConnection"] = _ => new() { ["connection_name"] = "Another" },
        ["CreateIpConnection"] = _ => new() { ["connection_name"] = "Another" },
        ["CreateIp"] = e => new() { ["ip_address"] = e.AddressOf(99), ["connection_id"] = e[Thing.IpConnection][0] },
        ["UpdateIp"] = e => new() { ["ip_address"] = e.AddressOf(98) },
        ["CreateFqdn"] = e =>
            new() { ["fqdn"] = "another.example", ["dns_record_type"] = "a", ["connection_id"] = e[Thing.FqdnConnection][0] },
        ["CreateTelephonyCredential"] = e => new() { ["connection_id"] = e[Thing.CredentialConnection][0] },
        ["CreateMediaStorage"] = e =>
            new() { ["media_name"] = "another", ["media_url"] = e.Customer.Sink.Serve("another.wav", Wav.Tone(500, 100)) },
        ["VerifyPhoneNumberOwnership"] = e => new() { ["phone_numbers"] = new JsonArray(e.Customer.Number) },
        ["CreateUpdatePhoneNumbersJob"] = e =>
            new() { ["phone_numbers"] = new JsonArray(e.Customer.Number), ["customer_reference"] = e.Mark },
        // Its own number is what its live calls came to.
        ["CreateDeletePhoneNumbersJob"] = _ => new() { ["phone_numbers"] = new JsonArray("+13125550199") },
        ["UpdatePhoneNumberMessagingSettings"] = e => new() { ["messaging_profile_id"] = e[Thing.MessagingProfile][0] },
        ["UpdateMediaStorage"] = _ => new() { ["ttl_secs"] = 60 },
        ["DeleteRecordings"] = _ => new() { ["ids"] = new JsonArray(Guid.NewGuid().ToString()) },
        // Nobody lives there: what is accepted ends by itself.
        ["DialCall"] = e =>
            new() { ["connection_id"] = e.Customer.Application, ["from"] = e.Customer.Number, ["to"] = "sip:nobody@127.0.0.1:9" },
        ["SwitchSupervisorRole"] = _ => new() { ["role"] = "barge" },
        ["TransferCall"] = _ => new() { ["to"] = "nowhere" },
        ["BridgeCall"] = e => new() { ["call_control_id"] = e.LiveCall },
        ["RejectCall"] = _ => new() { ["cause"] = "USER_BUSY" },
        ["SpeakCall"] = _ => new() { ["payload"] = "Hello.", ["voice"] = "female" },
        ["StartCallStreaming"] = _ => new() { ["stream_url"] = "ws://127.0.0.1:9/" },
        ["StartSiprecSession"] = _ => new() { ["connector_name"] = "nobody's" },
        ["StartCallFork"] = _ => new() { ["target"] = "udp:127.0.0.1:9" },
        ["StartCallPlayback"] = _ => new() { ["media_name"] = "greeting" },
        ["GatherUsingSpeak"] = _ => new() { ["payload"] = "Press one.", ["voice"] = "female" },
        ["GatherUsingAudio"] = _ => new() { ["media_name"] = "greeting" },
        ["callGatherUsingAI"] = _ =>
            new() { ["parameters"] = new JsonObject { ["properties"] = new JsonObject { ["age"] = new JsonObject() } } },
        ["AddAssistantMessages"] = _ => new() { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hello" }) },
        ["StartConversationRelay"] = _ => new() { ["url"] = "ws://127.0.0.1:9/" },
        ["SendDTMF"] = _ => new() { ["digits"] = "1" },
        ["SendSIPInfo"] = _ => new() { ["content_type"] = "text/plain", ["body"] = "hello" },
        ["EnqueueCall"] = _ => new() { ["queue_name"] = "taken over" },
        ["ReferCall"] = _ => new() { ["sip_address"] = "sip:nobody@127.0.0.1:9" },
        ["UpdateClientState"] = _ => new() { ["client_state"] = "aGVsbG8=" },
        ["CreateManagedAccount"] = _ => new() { ["business_name"] = "Another" },
        ["CreateAccessIpAddress"] = _ => new() { ["ip_address"] = "203.0.113.200" },
        ["CreateAccessIPRange"] = _ => new() { ["cidr_block"] = "198.51.100.0/25" },
        ["CreateAuthenticationProvider"] = _ =>
            new() { ["name"] = "Another", ["short_name"] = "another", ["settings"] = ProviderSettings() },
        ["create_integration_secret"] = _ => new() { ["identifier"] = "another", ["type"] = "bearer", ["token"] = "token" },
        ["StartCallRecord"] = _ => new() { ["format"] = "wav", ["channels"] = "single" },
    };

    public static JsonObject ProviderSettings() => new()
    {
        ["idp_entity_id"] = "https://idp.example/metadata",
        ["idp_sso_target_url"] = "https://idp.example/sso", ["idp_cert_fingerprint"] = new string('a', 40),
    };

    public static Schema? SchemaOf(Operation operation) =>
        operation.Body?.Content.FirstOrDefault(c => c.MediaType == "application/json")?.Schema;

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
