using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Carriers and PBXs: where calls go and where they come from. A password or a key goes in and never comes out.</summary>
internal static class Trunks
{
    private static readonly IReadOnlyList<string> AllCodecs = ["PCMU", "PCMA", "G722"];

    public static async ValueTask<Reply> List(OperationContext op, TrunkTable trunks, OperatorTrunkParts parts)
    {
        var all = await trunks.ListAsync(op.Stop);
        return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(t => Show(op, t, parts))], all.Count);
    }

    public static async ValueTask<Reply> Get(OperationContext op, TrunkTable trunks, OperatorTrunkParts parts) =>
        await FindAsync(op, trunks) is { } found ? op.Ok(Show(op, found, parts)) : op.Unknown("id");

    public static async ValueTask<Reply> Create(OperationContext op, TrunkTable trunks, OperatorTrunkParts parts)
    {
        var problems = new List<Problem>();
        var blank = new Trunk
        {
            Id = new(Guid.CreateVersion7(op.Now)), Name = "", Host = "", Codecs = AllCodecs, ProbeSeconds = TrunkWays.ProbeSeconds,
        };
        var trunk = Read(op.ReadObject(), blank, isNew: true, problems);
        if (problems.Count > 0) return op.Fail(problems);
        var checkedHost = await parts.HostCheck.CheckAsync(trunk, op.Stop);
        if (checkedHost is { IsRefused: true, Says: { } why }) return op.Fail(At("/host", why));

        if (await trunks.InsertAsync(trunk, op.Stop) is WriteOutcome.Duplicate) return NameTaken(op);
        // just written; only the operator deletes
        return op.Created(WithTrouble(Show(op, (await trunks.FindAsync(trunk.Id, op.Stop))!, parts), checkedHost));
    }

    public static async ValueTask<Reply> Update(OperationContext op, TrunkTable trunks, OperatorTrunkParts parts)
    {
        if (await FindAsync(op, trunks) is not { } found) return op.Unknown("id");
        var problems = new List<Problem>();
        var trunk = Read(op.ReadObject(), found.Value, isNew: false, problems);
        if (problems.Count > 0) return op.Fail(problems);
        bool isElsewhere = (trunk.Host, trunk.Port, trunk.Transport, trunk.Registrar)
            != (found.Value.Host, found.Value.Port, found.Value.Transport, found.Value.Registrar);
        var checkedHost = isElsewhere ? await parts.HostCheck.CheckAsync(trunk, op.Stop) : TrunkHostFinding.Good;
        if (checkedHost is { IsRefused: true, Says: { } why }) return op.Fail(At("/host", why));

        return await trunks.UpdateAsync(trunk, op.Stop) switch
        {
            WriteOutcome.Duplicate => NameTaken(op),
            WriteOutcome.Missing => op.Unknown("id"),
            _ => await trunks.FindAsync(trunk.Id, op.Stop) is { } written
                ? op.Ok(WithTrouble(Show(op, written, parts), checkedHost))
                : op.Unknown("id"),
        };
    }

    /// <summary>What is wrong with where it leads, told when that was said and not again.</summary>
    private static JsonObject WithTrouble(JsonObject shown, TrunkHostFinding found)
    {
        shown["host_trouble"] = found.Says;
        return shown;
    }

    public static async ValueTask<Reply> Delete(OperationContext op, TrunkTable trunks, OperatorTrunkParts parts)
    {
        if (await FindAsync(op, trunks) is not { } found) return op.Unknown("id");
        return await trunks.DeleteAsync(found.Value.Id, op.Stop) switch
        {
            WriteOutcome.InUse => op.Fail(Fault.InUse, "Routes lead to this trunk. Delete or change them first."),
            WriteOutcome.Missing => op.Unknown("id"),
            _ => op.Ok(Show(op, found, parts)),
        };
    }

    /// <summary>The fields of <paramref name="body"/> laid over <paramref name="trunk"/>.</summary>
    private static Trunk Read(JsonObject body, Trunk trunk, bool isNew, List<Problem> problems)
    {
        string? oldHost = isNew ? null : trunk.Host;
        foreach (var (name, value) in body)
        {
            trunk = name switch
            {
                "name" => trunk with { Name = Filled(name, value, problems) },
                "enabled" => trunk with { IsEnabled = value!.GetValue<bool>() },
                "host" => trunk with { Host = Host(name, value!.GetValue<string>(), problems) },
                "port" => trunk with { Port = value is null ? null : (int)(double)value },
                "transport" => trunk with { Transport = TrunkWays.Transport((string?)value) },
                "nat" => trunk with { Nat = TrunkWays.Nat(value!.GetValue<string>()) },
                "rtp_auto_adjust" => trunk with { AdjustsRtp = value!.GetValue<bool>() },
                "may_refer" => trunk with { MayRefer = value!.GetValue<bool>() },
                "tls_server_name" => trunk with
                {
                    Tls = trunk.Tls with { ServerName = value is null ? null : Host(name, value.GetValue<string>(), problems) }
                },
                "tls_ca" => trunk with { Tls = trunk.Tls with { Authorities = TrunkWays.Certificates(name, (string?)value, problems) } },
                "tls_pins" => trunk with { Tls = trunk.Tls with { Pins = TrunkWays.Pins((JsonArray)value!, problems) } },
                "tls_client_certificate" =>
                    trunk with { Tls = trunk.Tls with { Certificate = TrunkWays.Certificates(name, (string?)value, problems) } },
                "tls_client_key" => trunk with { Tls = trunk.Tls with { CertificateKey = (string?)value } },
                "tls_verify" => trunk with { Tls = trunk.Tls with { IsVerified = value!.GetValue<bool>() } },
                "sources" => trunk with { Sources = Sources((JsonArray)value!, problems) },
                "auth_username" => trunk with { AuthUser = (string?)value },
                "auth_password" => trunk with { AuthPassword = (string?)value },
                "register" => trunk with { Registers = value!.GetValue<bool>() },
                "registrar" => trunk with { Registrar = Registrar(name, (string?)value, problems) },
                "register_seconds" => trunk with { RegisterSeconds = (int)(double)value! },
                "channel_limit" => trunk with { ChannelLimit = Whole(value) },
                "inbound_channel_limit" => trunk with { InboundChannelLimit = Whole(value) },
                "calls_per_second" => trunk with { CallsPerSecond = Whole(value) },
                "inbound_calls_per_second" => trunk with { InboundCallsPerSecond = Whole(value) },
                "probe_seconds" => trunk with { ProbeSeconds = (int)(double)value! },
                "next_trunk_on" => trunk with { NextTrunkOn = TrunkWays.Answers((JsonArray)value!, problems) },
                "codecs" => trunk with { Codecs = [.. ((JsonArray)value!).Select(c => c!.GetValue<string>())] },
                // one of its names, by the schema
                "media_encryption" => trunk with { Encryption = Enum.Parse<MediaEncryption>(value!.GetValue<string>(), ignoreCase: true) },
                "rtp_timeout_secs" => trunk with { RtpTimeoutSeconds = Whole(value) },
                "held_rtp_timeout_secs" => trunk with { HeldRtpTimeoutSeconds = Whole(value) },
                // one of its names, by the schema
                "caller_id" => trunk with { CallerIds = Enum.Parse<CallerChoice>(value!.GetValue<string>(), ignoreCase: true) },
                "identity" => trunk with { Identity = Enum.Parse<CallerIdentity>(value!.GetValue<string>(), ignoreCase: true) },
                "forwarded_by" => trunk with { ForwardedBy = TrunkWays.Forwarded(value!.GetValue<string>()) },
                "from_domain" => trunk with { FromDomain = value is null ? null : Host(name, value.GetValue<string>(), problems) },
                _ => Unknown(name, trunk),
            };
        }

        if (trunk.Registers && trunk.AuthUser is null) problems.Add(At("/register", "register needs auth_username: the name to register."));
        if (trunk.AuthUser is null && trunk.AuthPassword is not null)
            problems.Add(At("/auth_password", "auth_password needs auth_username."));
        if (trunk.AuthUser is not null && trunk.AuthPassword is null)
            problems.Add(At("/auth_username", "auth_username needs auth_password."));
        if (trunk.AuthUser?.AsSpan().ContainsAny("\r\n\"\\") is true)
            problems.Add(At("/auth_username", "auth_username has characters that SIP does not allow."));

        TrunkWays.Check(trunk, problems);
        // An address has no SRV records that could say the port.
        if (trunk.Port is null && IPAddress.TryParse(trunk.Host, out _))
            trunk = trunk with { Port = trunk.Transport is SipTransport.Tls ? 5061 : 5060 };

        // A trunk by address sends from that address, unless the operator says otherwise.
        bool isOwnDefault = oldHost is not null && trunk.Sources.Count == 1 && IPAddress.TryParse(oldHost, out var old)
            && trunk.Sources[0].Equals(Whole(old));
        if (!body.ContainsKey("sources") && (isNew || isOwnDefault))
            trunk = trunk with { Sources = IPAddress.TryParse(trunk.Host, out var address) ? [Whole(address)] : [] };
        return trunk;

        Trunk Unknown(string name, Trunk same)
        {
            problems.Add(At(Pointers.Of(name), $"A trunk has no field '{name}'."));
            return same;
        }
    }

    private static int? Whole(JsonNode? value) => value is null ? null : (int)(double)value;

    private static string? Registrar(string name, string? text, List<Problem> problems)
    {
        if (text is null) return null;
        var (host, port) = Trunk.PlaceOf(text);
        if (text.StartsWith('@') || port is < 1 or > 65_535 || Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic)
        {
            problems.Add(At("/" + name, "registrar must be HOST or HOST:PORT, with USER@ before it or without."));
            return text;
        }
        string user = text[..(text.LastIndexOf('@') + 1)], behind = port is { } own ? FormattableString.Invariant($":{own}") : "";
        return user + Host(name, host, problems) + behind;
    }

    private static string Filled(string name, JsonNode? value, List<Problem> problems)
    {
        string text = value!.GetValue<string>().Trim();
        if (text.Length == 0) problems.Add(At("/" + name, $"{name} may not be empty."));
        return text;
    }

    /// <summary>As it stands in URIs: an IPv6 address with its brackets, whether they were given or not.</summary>
    private static string Host(string name, string text, List<Problem> problems)
    {
        var kind = Uri.CheckHostName(text);
        if (kind is not (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
            problems.Add(At("/" + name, $"{name} must be a host name or an IP address, without scheme and port."));
        // Nothing is looked up by it, and its source would be another address.
        else if (IPAddress.TryParse(text, out var address) && !TypedAddress.TryRead(text, out _))
            problems.Add(At("/" + name, $"{name} must be a host name, or all four numbers of an IPv4 address, without zeros before them."));
        else if (address is not null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.Broadcast)
                || address.Equals(IPAddress.IPv6Any) || address.IsIPv6Multicast || address.IsIPv6LinkLocal))
            problems.Add(At("/" + name, $"{name} must be an address that can be called."));
        return kind is UriHostNameType.IPv6 && !text.StartsWith('[') ? $"[{text}]" : text;
    }

    private static List<IPNetwork> Sources(JsonArray items, List<Problem> problems)
    {
        var networks = new List<IPNetwork>();
        for (int i = 0; i < items.Count; i++)
        {
            string text = items[i]!.GetValue<string>();
            if (TypedNetwork.TryRead(text, out var network)) networks.Add(network);
            else problems.Add(At($"/sources/{i}", "A source must be an address or a network such as 192.0.2.0/24."));
        }
        return networks;
    }

    private static IPNetwork Whole(IPAddress address) => new(address, address.GetAddressBytes().Length * 8);

    private static async ValueTask<Stored<Trunk>?> FindAsync(OperationContext op, TrunkTable trunks) =>
        Guid.TryParse(op.Path("id"), out var id) ? await trunks.FindAsync(new(id), op.Stop) : null;

    private static Reply NameTaken(OperationContext op) =>
        op.Fail(op.Dialect.Errors.Problem(Fault.Duplicate, "Another trunk has this name.") with { Pointer = "/name" });

    private static Problem At(string pointer, string detail) => new("invalid", detail) { Pointer = pointer };

    private static JsonObject Show(OperationContext op, Stored<Trunk> stored, OperatorTrunkParts parts)
    {
        var trunk = stored.Value;
        return new()
        {
            ["id"] = trunk.Id.ToString(),
            ["record_type"] = "trunk",
            ["name"] = trunk.Name,
            ["enabled"] = trunk.IsEnabled,
            ["host"] = trunk.Host,
            ["port"] = trunk.Port,
            ["transport"] = TrunkWays.Name(trunk.Transport),
            ["nat"] = TrunkWays.Name(trunk.Nat),
            ["rtp_auto_adjust"] = trunk.AdjustsRtp,
            ["may_refer"] = trunk.MayRefer,
            ["tls_server_name"] = trunk.Tls.ServerName,
            ["tls_ca"] = trunk.Tls.Authorities,
            ["tls_pins"] = new JsonArray([.. trunk.Tls.Pins.Select(p => (JsonNode)p)]),
            ["tls_client_certificate"] = trunk.Tls.Certificate,
            ["tls_verify"] = trunk.Tls.IsVerified,
            ["sources"] = new JsonArray([.. trunk.Sources.Select(s => (JsonNode)s.ToString())]),
            ["auth_username"] = trunk.AuthUser,
            ["has_password"] = trunk.AuthPassword is not null,
            ["channel_limit"] = trunk.ChannelLimit,
            ["inbound_channel_limit"] = trunk.InboundChannelLimit,
            ["calls_per_second"] = trunk.CallsPerSecond,
            ["inbound_calls_per_second"] = trunk.InboundCallsPerSecond,
            ["probe_seconds"] = trunk.ProbeSeconds,
            ["next_trunk_on"] = new JsonArray([.. trunk.NextTrunkOn.Texts.Select(text => (JsonNode)text)]),
            ["targets"] = TrunkStates.Describe(parts.Targets?.TargetsOf(trunk.Id) ?? []),
            ["codecs"] = new JsonArray([.. trunk.Codecs.Select(c => (JsonNode)c)]),
            ["from_domain"] = trunk.FromDomain,
            ["caller_id"] = trunk.CallerIds.ToString().ToLowerInvariant(),
            ["identity"] = trunk.Identity.ToString().ToLowerInvariant(),
            ["forwarded_by"] = TrunkWays.Name(trunk.ForwardedBy),
            ["register"] = trunk.Registers,
            ["registrar"] = trunk.Registrar,
            ["register_seconds"] = trunk.RegisterSeconds,
            ["registration"] = TrunkStates.Describe(parts.Registrations.StatusOf(trunk.Id)),
            ["rtp_timeout_secs"] = trunk.RtpTimeoutSeconds,
            ["held_rtp_timeout_secs"] = trunk.HeldRtpTimeoutSeconds,
            // What customers have listed of it is the trunk's all the same; who adds a trunk is told.
            ["customer_addresses"] = Addresses.OfCustomers(op.Routing, trunk),
            ["media_encryption"] = trunk.Encryption.ToString().ToLowerInvariant(),
            ["created_at"] = OperatorTime.Write(stored.CreatedAt),
            ["updated_at"] = OperatorTime.Write(stored.UpdatedAt),
        };
    }
}
