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
    Stranger,
    Admitted,
    /// <summary>Wants credentials: 401 or 407.</summary>
    Challenged,
    /// <summary>Too many wrong passwords from there, or too many challenges.</summary>
    ShutOut,
}

/// <summary>What becomes of a request from a customer's equipment, or from somebody who says so.</summary>
internal readonly record struct PhoneVerdict(PhoneRuling Ruling, SipCaller? Caller = null, bool IsStale = false);

/// <summary>
/// The part of the front door for customers' equipment: digest for whoever uses our SIP domain, the source address for those that list theirs.
/// Known and unknown users meet the same.
/// </summary>
internal sealed class PhoneDoor(ShardSettings settings, IRouting routing, RegistrationBook registrations)
{
    private readonly DigestServer _digest = new(settings.Domain, settings.Identity);
    private readonly SipDomains _hosts = settings.Hosts;
    private readonly FailureLimit _failures = new();
    private readonly SourceLimit _challenges = new(Limits.ChallengesPerSecond);

    /// <summary>False spares a known peer's message the closer look.</summary>
    public bool MayConcern(ReadOnlySpan<byte> message) =>
        message.StartsWith("REGISTER "u8) || message.StartsWith("INVITE "u8) && (routing.Current.Sip.Users.Count > 0 || routing.Current.Sip.HasSources);

    public IReadOnlyList<string> Challenges(PhoneVerdict verdict, SipRequest request, Instant now)
    {
        var all = _digest.Challenges(now, verdict.IsStale);
        return KnowsOnlyMd5(request) ? [.. all.Where(c => c.EndsWith("MD5", StringComparison.Ordinal))] : all;
    }

    /// <summary>baresip (libre 1.1, as Debian has it) gives up on a 401 with any other algorithm in it, wherever that stands; measured.</summary>
    private static bool KnowsOnlyMd5(SipRequest request) => request.Text(SipHeader.UserAgent) is { } agent && agent.StartsWith("baresip", StringComparison.OrdinalIgnoreCase);

    /// <summary>For a request outside any dialog of ours.</summary>
    /// <param name="isKnown">A trunk vouches for the source, or the laptop's own address does.</param>
    public PhoneVerdict Judge(SipRequest request, SipFlow from, bool isKnown, Instant now)
    {
        var snapshot = routing.Current;
        var source = from.Remote.Address;
        if (request.Method is SipMethod.Register)
            return _hosts.IsOurs(request.ParseRequestUri().HostText) ? Authenticate(request, source, now) : default;

        var caller = request.From.ParseUri();
        bool isOurs = caller.IsSipOrSips && _hosts.IsOurs(caller.HostText);
        // A CANCEL cannot be challenged (RFC 3261 §22.1); it finds its INVITE or nothing.
        if (request.Method is SipMethod.Cancel) return new(isOurs || snapshot.Sip.FindSource(source).Count > 0 ? PhoneRuling.Admitted : PhoneRuling.Stranger);
        if (isKnown && !(isOurs && (ClaimsName(caller, source) || snapshot.Sip.FindUser(caller.UserText) is not null || HasCredentials(request)))) return BySource(request, source, snapshot, mayChallenge: false);
        if (isOurs) return snapshot.Sip.FindSource(source).Count > 0 && BySource(request, source, snapshot, mayChallenge: false) is { Caller: not null } listed
            ? listed : Authenticate(request, source, now);
        if (BySource(request, source, snapshot, mayChallenge: true) is { Ruling: not PhoneRuling.Stranger } verdict)
            return verdict.Ruling is PhoneRuling.Challenged ? Authenticate(request, source, now) : verdict;
        return new(IsForOpenSubdomain(request, snapshot) ? PhoneRuling.Admitted : PhoneRuling.Stranger);
    }

    private PhoneVerdict Authenticate(SipRequest request, IPAddress source, Instant now)
    {
        if (_failures.IsShutOut(source, now)) return new(PhoneRuling.ShutOut);
        var snapshot = routing.Current;
        var wall = settings.Anchor.ToWall(now);
        var verdict = _digest.Check(request, name => UserOf(snapshot, name, wall)?.Password, now, out string claimed);
        if (verdict is DigestVerdict.Right && UserOf(snapshot, claimed, wall) is { } user && snapshot.FindConnection(user.Tenant, user.Connection) is { } connection)
            return new(PhoneRuling.Admitted, new(connection, claimed));
        if (verdict is DigestVerdict.Wrong)
        {
            _failures.Note(source, now);
            if (request.Method is SipMethod.Register && snapshot.Sip.FindUser(claimed) is not null) registrations.NoteFailure(claimed);
        }
        return _challenges.TryTake(source, now) ? new(PhoneRuling.Challenged, IsStale: verdict is DigestVerdict.Stale) : new(PhoneRuling.ShutOut);
    }

    /// <summary>Null for a name that nobody has, that has expired, or whose connection is switched off.</summary>
    private static SipUser? UserOf(RoutingSnapshot snapshot, string name, DateTimeOffset now) =>
        snapshot.Sip.FindUser(name) is { } user && !user.IsExpired(now) && snapshot.FindConnection(user.Tenant, user.Connection) is { IsActive: true } ? user : null;

    private static PhoneVerdict BySource(SipRequest request, IPAddress source, RoutingSnapshot snapshot, bool mayChallenge)
    {
        var listed = snapshot.Sip.FindSource(source);
        if (listed.Count == 0) return default;
        if (request.Method is not SipMethod.Invite) return new(PhoneRuling.Admitted);
        var chosen = SourceChoice.Pick(listed, request.ParseRequestUri().UserText, token => HasToken(request, token), out bool isAnyActive);
        if (chosen is not null) return new(PhoneRuling.Admitted, new(chosen, null));
        return mayChallenge && isAnyActive ? new(PhoneRuling.Challenged) : default;
    }

    /// <summary>In a header whose name says that it holds a token: X-…-Token.</summary>
    private static bool HasToken(SipRequest request, string token)
    {
        foreach (var line in request.Lines)
        {
            string name = line.Name.AsText();
            if (name.StartsWith("X-", StringComparison.OrdinalIgnoreCase) && name.EndsWith("-Token", StringComparison.OrdinalIgnoreCase)
                && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(line.Value, System.Text.Encoding.UTF8.GetBytes(token))) return true;
        }
        return false;
    }

    /// <summary>On the laptop itself, anything but a number at a domain of ours is the name of a phone, whether there is such a phone or not.</summary>
    private bool ClaimsName(SipUri caller, IPAddress source) =>
        IPAddress.IsLoopback(source) && _hosts.IsDomain(caller.HostText) && caller.UserText.Length > 0 && PartyNumber.Normalise(caller.UserText) is null;

    private static bool HasCredentials(SipRequest request) => request.Has(SipHeader.ProxyAuthorization) || request.Has(SipHeader.Authorization);

    private bool IsForOpenSubdomain(SipRequest request, RoutingSnapshot snapshot) =>
        request.Method is SipMethod.Invite && _hosts.LabelOf(request.ParseRequestUri().HostText) is { } label
        && snapshot.Sip.FindSubdomain(label) is { IsActive: true, IsSubdomainOpen: true };
}
