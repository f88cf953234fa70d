using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Connections;

/// <summary>
/// Four operations, crud. Recording servers of an account (session recording servers of RFC 7866) under names that the account chooses
/// and by which paths know them.
/// </summary>
internal static class SiprecConnectors
{
    private const int LongestName = 255;
    private const string Name = "name", Host = "host";

    private const string RecordType = "siprec_connector";

    /// <summary>The place of the one of that name; null when there is none.</summary>
    public static async ValueTask<(string Host, int Port)?> FindAsync(TenantId tenant, string name, Database store, CancellationToken stop)
    {
        var found = await store.Documents.Rows(new DocumentKind(RecordType) { Unique = [Name] })
            .ListAsync(tenant, new() { Filters = [new(Name, "eq", [name])], Limit = 1 }, stop);
        return found.Rows.FirstOrDefault(row => row.Body.Text(Name) == name) is { } row
            && row.Body.Text(Host) is { } host && row.Body.Whole("port") is { } port ? (host, port) : null;
    }

    public static ResourceKind Kind(ConnectionParts parts) => new(RecordType)
    {
        NamedBy = Name,
        Unique = [Name],
        Validate = (op, body, _) => CheckAsync(op, body, parts.Egress),
    };

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, EgressClient egress)
    {
        if (BadName(body.Text(Name) ?? "") is { } bad) return At("/name", VoiceErrors.BadRequest, bad);
        if (Ips.CheckPort(body) is { } wrong) return wrong;
        string host = (body.Text(Host) ?? "").TrimEnd('.').ToLowerInvariant();
        int port = body.Whole("port") ?? 0;
        if (IPAddress.TryParse(host, out var address))
        {
            if (egress.Policy.Check(address, port, TargetUse.Signalling) is not TargetVerdict.Allowed and var verdict)
                return At("/host", VoiceErrors.BadRequest, $"host is refused: {TargetPolicy.Describe(verdict)}.");
            host = address.ToString();
        }
        else if (!Fqdns.IsHostName(host)) return At("/host", VoiceErrors.BadRequest, "host must be a host name or an IP address.");
        // What a name leads to is looked at each time that it is used; here so that a mistake shows early.
        else if (await egress.CheckUrlAsync($"http://{host}:{port}/", TargetUse.Signalling, op.Stop) is { IsAllowed: false })
            return At("/host", VoiceErrors.BadRequest, "host leads to addresses that this node may not send to.");
        body[Host] = host;
        return null;
    }

    /// <summary>A sentence when a connector may not be called so: it is one segment of a path.</summary>
    private static string? BadName(string name)
    {
        if (name.Length is 0 or > LongestName) return $"name must have 1 to {LongestName} characters.";
        bool isWord = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ' ') && name.Trim() == name;
        return isWord && name is not ("." or "..") ? null : "name may have letters, digits, inner spaces, and any of - _ . only.";
    }
}
