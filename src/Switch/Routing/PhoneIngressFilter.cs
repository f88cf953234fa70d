using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Registrations;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Routing;

internal enum PhoneRuling
{
    /// <summary>Nothing to do with our customers.</summary>
    UnknownSource,
    Admitted,
    /// <summary>Wants credentials: 401 or 407.</summary>
    Challenged,
    /// <summary>Too many wrong passwords from there, or too many challenges.</summary>
    ShutOut,
}

/// <summary>What becomes of a request from a customer's equipment, or from somebody who says so.</summary>
internal readonly record struct PhoneVerdict(PhoneRuling Ruling, SipCaller? Caller = null, bool IsStale = false)
{
    /// <summary>
    /// Of credentials that were not taken: whose they say they are, and why, in snake case.
    /// For logs and counters; the far end learns nothing of it.
    /// </summary>
    public RefusedUser? Refused { get; init; }
}

/// <summary>A user name that somebody claimed, and why it was not believed.</summary>
public readonly record struct RefusedUser(string Name, string Why);

/// <summary>
/// The part of the ingress filter for customers' equipment: digest for whoever uses our SIP domain, the source address for those that list
/// theirs. Known and unknown users meet the same.
/// </summary>
internal sealed class PhoneIngressFilter(ShardSettings settings, IRouting routing, RegistrationBook registrations)
{
    /// <summary>No name server of the world leads there (RFC 6761, RFC 6762, RFC 8375), and machines are named so all the same.</summary>
    private static readonly string[] HomeDomains =
        [".local", ".localhost", ".localdomain", ".internal", ".lan", ".home", ".home.arpa", ".intranet", ".private", ".corp"];

    private readonly DigestServer _digest = new(settings.Domain, settings.Identity) { IsOurs = settings.Hosts.IsOurs };
    private readonly SipDomains _hosts = settings.Hosts;
    private readonly DigestBruteForceLimiter _guesses = new();
    // Whoever forges datagrams takes from none but the second, and from the last as far as he knows ports.
    private readonly SourceLimit _byConnection = new(Limits.ChallengesPerSecond, settings.Identity, "challenges by connection");
    private readonly SourceLimit _byDatagram = new(Limits.ChallengesPerSecond, settings.Identity, "challenges by datagram");
    private readonly SourceLimit _byPhone = new(Limits.ChallengesPerPhone, settings.Identity, "challenges of phones");
    private readonly SourceLimit _triesByPhone = new(Limits.TriesPerPhone, settings.Identity, "tries of phones");
    private readonly SourceLimit _byPorts = new(Limits.ChallengesPerPortGroup, settings.Identity, "challenges by ports");

    /// <summary>False spares a known peer's message the closer look.</summary>
    public bool MayConcern(ReadOnlySpan<byte> message) =>
        message.StartsWith("REGISTER "u8) || message.StartsWith("SUBSCRIBE "u8) || message.StartsWith("MESSAGE "u8)
        || message.StartsWith("INVITE "u8) && (routing.Current.Sip.Users.Count > 0 || routing.Current.Sip.HasSources);

    public IReadOnlyList<string> Challenges(PhoneVerdict verdict, SipRequest request, SipFlow from, Instant now)
    {
        var all = _digest.Challenges(from.Remote.Address, now, verdict.IsStale);
        return KnowsOnlyMd5(request) ? [.. all.Where(c => c.EndsWith("MD5", StringComparison.Ordinal))] : all;
    }

    /// <summary>
    /// baresip (libre 1.1, as Debian has it) gives up on a 401 with any other algorithm in it, wherever that stands; measured.
    /// </summary>
    private static bool KnowsOnlyMd5(SipRequest request) =>
        request.Text(SipHeader.UserAgent) is { } agent && agent.StartsWith("baresip", StringComparison.OrdinalIgnoreCase);

    /// <summary>For a request outside any dialog of ours.</summary>
    /// <param name="isKnown">A trunk vouches for the source, or the laptop's own address does.</param>
    public PhoneVerdict Judge(SipRequest request, SipFlow from, bool isKnown, Instant now)
    {
        var snapshot = routing.Current;
        var source = from.Remote.Address;
        if (request.Method is SipMethod.Register)
        {
            string domain = request.ParseRequestUri().HostText;
            return _hosts.IsOurs(domain) ? Authenticate(request, from, now)
                : new(PhoneRuling.UnknownSource) { Refused = new("@" + domain, "foreign_domain") };
        }

        var caller = request.From.ParseUri();
        var place = SourcePlace.Of(snapshot, settings.TrunkHosts, source, from.Remote.Port, settings.IsLoopbackOnly);
        bool isOurs = caller.IsSipOrSips && _hosts.IsOurs(caller.HostText)
            || !isKnown && NamesNoDomain(request, caller, source, isListed: place.Listed.Count > 0);
        // A CANCEL cannot be challenged (RFC 3261 §22.1); it finds its INVITE, from where that came, or nothing.
        if (request.Method is SipMethod.Cancel)
            return new(isOurs || place.Listed.Count > 0 || IsForOpenSubdomain(request, snapshot) ? PhoneRuling.Admitted
                : PhoneRuling.UnknownSource);
        if (isKnown && !(isOurs && MustProve(request, caller, source, snapshot))) return BySource(request, place, mayChallenge: false);
        if (isOurs)
            return BySource(request, place, mayChallenge: false) is { Caller: not null } listed ? listed : Authenticate(request, from, now);
        if (BySource(request, place, mayChallenge: true) is { Ruling: not PhoneRuling.UnknownSource } verdict)
            return verdict.Ruling is PhoneRuling.Challenged ? Authenticate(request, from, now) : verdict;
        return new(IsForOpenSubdomain(request, snapshot) ? PhoneRuling.Admitted : PhoneRuling.UnknownSource);
    }

    /// <summary>
    /// From a known source in the name of somebody of ours. A trunk's call to a number of the node is the trunk's whatever its From says:
    /// else whoever took a name that a carrier writes there (a caller's digits, "anonymous") would stop those calls.
    /// A phone behind the same SBC shows its credentials or calls elsewhere.
    /// </summary>
    private bool MustProve(SipRequest request, SipUri caller, IPAddress source, RoutingSnapshot snapshot)
    {
        if (HasCredentials(request)) return true;
        bool isTrunks = snapshot.FindTrunkBySource(source) is not null && !(settings.IsLoopbackOnly && IPAddress.IsLoopback(source));
        if (isTrunks && InboundRoute.OwnedNumber(snapshot, Parties.UserOf(request.ParseRequestUri())) is not null) return false;
        return ClaimsName(caller, source) || snapshot.Sip.FindUser(caller.UserText) is not null;
    }

    /// <summary>
    /// A call to us whose From says nothing of where its caller is at home: a phone that hides its number writes so, and a PBX that has
    /// its own address there, or the name of its machine; and a telephone number has no domain. Whose they are their password shows.
    /// What else phones send to us they send under the same name. Equipment that is known by its address may have no password.
    /// </summary>
    private bool NamesNoDomain(SipRequest request, SipUri caller, IPAddress source, bool isListed)
    {
        var called = request.ParseRequestUri();
        bool isPhones = !isListed && request.Method is SipMethod.Message or SipMethod.Subscribe;
        if (!isPhones && request.Method is not (SipMethod.Invite or SipMethod.Cancel)
            || called.Scheme is not UriScheme.Tel && !_hosts.IsOurs(called.HostText)) return false;
        return caller.Scheme is UriScheme.Tel
            || caller.IsSipOrSips && (Parties.IsWithheld(caller) || IsMachines(caller.HostText)
                || HostLiteral.TryParse(caller.HostText, out var own)
                    && (TargetPolicy.IsPrivate(own) || TargetPolicy.Unwrap(own).Equals(TargetPolicy.Unwrap(source))));
    }

    /// <summary>A name by which nobody but its neighbours finds it.</summary>
    private static bool IsMachines(string host)
    {
        string name = host.TrimEnd('.');
        return !name.Contains('.') && !name.Contains(':')
            || Array.Exists(HomeDomains, domain => name.EndsWith(domain, StringComparison.OrdinalIgnoreCase));
    }

    private PhoneVerdict Authenticate(SipRequest request, SipFlow from, Instant now)
    {
        var snapshot = routing.Current;
        var wall = settings.Anchor.ToWall(now);
        var verdict = _digest.Check(request, from.Remote.Address, said => UserOf(snapshot, NameOf(snapshot, said), wall)?.Password, now,
            out string written, mayTry: said => NameOf(snapshot, said) is var name && (_guesses.MayTry(from.Remote, name, now)
                || IsRegisteredAt(name, from) && _triesByPhone.TryTake(from.Remote.Address, from.Remote.Port, now)));
        string claimed = NameOf(snapshot, written);
        switch (verdict)
        {
            case DigestVerdict.Right when UserOf(snapshot, claimed, wall) is { } user
                && snapshot.FindConnection(user.Tenant, user.Connection) is { } connection:
                _guesses.NoteRight(from.Remote, claimed);
                return new(PhoneRuling.Admitted, new(connection, claimed));
            case DigestVerdict.Unheard:
                return new(PhoneRuling.ShutOut) { Refused = new(claimed, "shut_out") };
            case DigestVerdict.Wrong:
                _guesses.NoteWrong(from.Remote, claimed, now);
                if (request.Method is SipMethod.Register && snapshot.Sip.FindUser(claimed) is not null) registrations.NoteFailure(claimed);
                return new(PhoneRuling.Challenged) { Refused = new(claimed, WhyWrong(snapshot, claimed, wall)) };
            // Both know a nonce that was sent to their address, so the answer goes to nobody who has not asked for it.
            case DigestVerdict.Right or DigestVerdict.Stale:
                return new(PhoneRuling.Challenged, IsStale: verdict is DigestVerdict.Stale);
            default:
                return MayAsk(request, from, now) ? new(PhoneRuling.Challenged, IsStale: verdict is DigestVerdict.Foreign)
                    : new(PhoneRuling.ShutOut) { Refused = new("", "too_many_challenges") };
        }
    }

    /// <summary>Phones that are set up by "user@domain" write the domain into their credentials too.</summary>
    private string NameOf(RoutingSnapshot snapshot, string written)
    {
        int at = written.LastIndexOf('@');
        return at > 0 && _hosts.IsOurs(written[(at + 1)..]) && snapshot.Sip.FindUser(written) is null ? written[..at] : written;
    }

    private static string WhyWrong(RoutingSnapshot snapshot, string name, DateTimeOffset now) =>
        snapshot.Sip.FindUser(name) is not { } user ? "unknown_user"
            : user.IsExpired(now) ? "expired_user"
            : snapshot.FindConnection(user.Tenant, user.Connection) is not { IsActive: true } ? "connection_inactive" : "wrong_password";

    /// <summary>Whether somebody is sent a challenge who has not shown that he receives what is sent to his address.</summary>
    private bool MayAsk(SipRequest request, SipFlow from, Instant now)
    {
        var (address, port) = (from.Remote.Address, from.Remote.Port);
        // A connection is proof enough: its far end has answered our packets.
        if (from.IsReliable) return _byConnection.TryTake(address, now);
        if (IsRegisteredAt(request.From.ParseUri().UserText, from) && _byPhone.TryTake(address, port, now)) return true;
        return _byDatagram.TryTake(address, now) || _byPorts.TryTake(address, port % Limits.ChallengePortGroups, now);
    }

    /// <summary>The user's phone is there: behind a NAT no neighbour has its port.</summary>
    private bool IsRegisteredAt(string user, SipFlow from)
    {
        foreach (var binding in registrations.Find(user))
            if (binding.Flow.Transport == from.Transport && binding.Flow.Remote.Equals(from.Remote) && binding.Flow.IsOfSameHost(from))
                return true;
        return false;
    }

    /// <summary>Null for a name that nobody has, that has expired, or whose connection is switched off.</summary>
    private static SipUser? UserOf(RoutingSnapshot snapshot, string name, DateTimeOffset now) =>
        snapshot.Sip.FindUser(name) is { } user && !user.IsExpired(now)
        && snapshot.FindConnection(user.Tenant, user.Connection) is { IsActive: true } ? user : null;

    private static PhoneVerdict BySource(SipRequest request, SourcePlace place, bool mayChallenge)
    {
        if (place.Listed.Count == 0) return default;
        if (request.Method is not SipMethod.Invite) return new(PhoneRuling.Admitted);
        var chosen = SourceChoice.Pick(place, request.ParseRequestUri().UserText, token => HasToken(request, token),
            out bool isMarkMissing);
        if (chosen is not null) return new(PhoneRuling.Admitted, new(chosen, null));
        return mayChallenge && isMarkMissing ? new(PhoneRuling.Challenged) : default;
    }

    /// <summary>In a header whose name says that it holds a token: X-…-Token.</summary>
    private static bool HasToken(SipRequest request, string token)
    {
        foreach (var line in request.Lines)
        {
            string name = line.Name.AsText();
            if (name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && name.EndsWith("-Token", StringComparison.OrdinalIgnoreCase)
                && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(line.Value,
                    System.Text.Encoding.UTF8.GetBytes(token))) return true;
        }
        return false;
    }

    /// <summary>
    /// On the laptop itself, anything but a number at a domain of ours is the name of a phone, whether there is such a phone or not.
    /// </summary>
    private bool ClaimsName(SipUri caller, IPAddress source) =>
        IPAddress.IsLoopback(source) && _hosts.IsDomain(caller.HostText) && caller.UserText.Length > 0
        && PartyNumber.Normalise(caller.UserText) is null;

    private static bool HasCredentials(SipRequest request) =>
        request.Has(SipHeader.ProxyAuthorization) || request.Has(SipHeader.Authorization);

    private bool IsForOpenSubdomain(SipRequest request, RoutingSnapshot snapshot) =>
        request.Method is SipMethod.Invite or SipMethod.Cancel && _hosts.LabelOf(request.ParseRequestUri().HostText) is { } label
        && snapshot.Sip.FindSubdomain(label) is { IsActive: true, IsSubdomainOpen: true };
}
