using System.Net;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Switch;

/// <summary>SIP equipment of two tenants, and what its phones send.</summary>
internal static class Phones
{
    public static readonly TenantId Other = new(new Guid("00000000-0000-0000-0000-0000000000b2"));

    public static readonly Connection Desk = Of(11, ConnectionKind.Credential, new() { UserName = "alice1", Password = "secret-of-alice" });
    public static readonly Connection Sleeping =
        Of(12, ConnectionKind.Credential, new() { UserName = "sleeper", Password = "secret-of-sleeper" }) with { IsActive = false };
    public static readonly Connection Pbx = Of(13, ConnectionKind.Ip, new());
    public static readonly Connection Prefixed = Of(14, ConnectionKind.Ip, new() { Origination = new() { TechPrefix = "7777" } });
    public static readonly Connection Tokened = Of(15, ConnectionKind.Ip, new() { Origination = new() { Token = "abcd" } });
    public static readonly Connection Hosted = Of(16, ConnectionKind.Fqdn, new());

    public static RoutingSnapshot Snapshot(Connection? desk = null, IEnumerable<Number>? numbers = null, IEnumerable<Trunk>? trunks = null,
        IEnumerable<Route>? routes = null, IEnumerable<Connection>? more = null, SipEquipment? equipment = null,
        Connection? pbx = null)
    {
        desk ??= Desk;
        return new([new() { Id = Sample.Tenant, Name = "one" }, new() { Id = Other, Name = "two" }],
            [ShardRig.App with { Subdomain = "open", IsSubdomainOpen = true }, ShardRig.App with { Id = new(3), Subdomain = "closed" },
                desk, Sleeping, pbx ?? Pbx, Prefixed, Tokened, Hosted, .. more ?? []],
            numbers ?? [new("+4989456", Sample.Tenant, Sample.Connection), new("+4989111", Sample.Tenant, desk.Id),
                new("+4989113", Sample.Tenant, Pbx.Id), new("+4989116", Sample.Tenant, Hosted.Id)],
            [], trunks ?? [], routes ?? [], equipment ?? Equipment)
        { VerifiedNumbers = [ShardRig.Caller] };
    }

    public static SipEquipment Equipment { get; } = new(
        [new()
        {
            Name = "expired", Password = "secret-of-expired", Tenant = Sample.Tenant, Connection = Desk.Id,
            ExpiresAt = new(2026, 1, 6, 14, 0, 0, TimeSpan.Zero)
        }],
        [
            new(1, Sample.Tenant, Pbx.Id, IPAddress.Parse("203.0.113.9"), 5060),
            new(2, Sample.Tenant, Prefixed.Id, IPAddress.Parse("203.0.113.10"), 5060),
            new(3, Sample.Tenant, Tokened.Id, IPAddress.Parse("203.0.113.10"), 5060),
        ],
        [new(1, Sample.Tenant, Hosted.Id, "one.example.net", false, 5060),
            new(2, Sample.Tenant, Hosted.Id, "two.example.net", false, 5060)]);

    public static string Request(string method, string user, int cseq, string? credentials = null, string uri = "sip:sip.example.com",
        string? body = null, string? extra = null)
    {
        string authorization =
            credentials is null ? "" : $"\n{(method == "REGISTER" ? "Authorization" : "Proxy-Authorization")}: {credentials}";
        string more = extra is null ? "" : "\n" + extra;
        string content = body is null ? "Content-Length: 0\n\n"
            : $"Content-Type: application/sdp\nContent-Length: {Encoding.UTF8.GetByteCount(body.ReplaceLineEndings("\r\n"))}\n\n{body}";
        return $"""
            {method} {uri} SIP/2.0
            Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK{method}{cseq};rport
            Max-Forwards: 70
            From: <sip:{user}@sip.example.com>;tag={user}
            To: <{(method == "REGISTER" ? $"sip:{user}@sip.example.com" : uri)}>
            Call-ID: {method}-{user}
            CSeq: {cseq} {method}
            Contact: <sip:{user}@10.0.0.5:5060>{authorization}{more}
            {content}
            """;
    }

    /// <summary>The credentials that a 401 or 407 asks for.</summary>
    public static string Answer(string challenge, string user, string password, string method, string uri)
    {
        string header = method == "REGISTER" ? "WWW-Authenticate" : "Proxy-Authenticate";
        Assert.True(DigestChallenge.TryParse(Encoding.UTF8.GetBytes(RigMessages.Header(challenge, header)), out var parsed));
        string response = DigestResponse.Compute(parsed, user, password, method, uri, "00000001", "c0ffee", default);
        return $"Digest username=\"{user}\", realm=\"{parsed.Realm}\", nonce=\"{parsed.Nonce}\", uri=\"{uri}\", response=\"{response}\", "
            + $"algorithm={parsed.AlgorithmName}, qop=auth, nc=00000001, cnonce=\"c0ffee\"";
    }

    private static Connection Of(long id, ConnectionKind kind, SipConnection sip) =>
        new() { Id = new(id), Tenant = Sample.Tenant, Kind = kind, Name = $"connection {id}", Sip = sip };
}
