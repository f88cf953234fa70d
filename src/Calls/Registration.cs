using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>One place where a SIP user is, or was, registered.</summary>
public sealed record Registration
{
    /// <summary>As in <see cref="SipUser.Name"/>.</summary>
    public required string User { get; init; }
    /// <summary>URI that requests to the phone carry.</summary>
    public required string Contact { get; init; }
    public required SipTransport Transport { get; init; }
    /// <summary>Where the phone's REGISTER came from.</summary>
    public required IPEndPoint Remote { get; init; }
    public required string CallId { get; init; }
    public required uint CSeq { get; init; }
    /// <summary>Preference in thousandths, 0 to 1000.</summary>
    public int Quality { get; init; } = 1_000;
    public string UserAgent { get; init; } = "";
    /// <summary>Of the last REGISTER that was accepted.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    /// <summary>The proxies between the node and the phone (RFC 3327), first the one that is nearest to the node.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];
    /// <summary>Which phone it is, when it says so and keeps several flows (RFC 5626); null else.</summary>
    public string? Instance { get; init; }
    /// <summary>Which of its flows; 0 without <see cref="Instance"/>.</summary>
    public uint RegId { get; init; }
    /// <summary>Which of the node's networks its REGISTER came by: the listener's place; null on a node that has but one.</summary>
    public string? Network { get; init; }
}

/// <summary>What a SIP user's last REGISTER came to.</summary>
public enum RegistrationState
{
    /// <summary>Nothing is known of the user since the node started.</summary>
    NotRegistered,
    Registered,
    /// <summary>The phone took its last binding back.</summary>
    Unregistered,
    Expired,
    /// <summary>The last try had a wrong password, and no earlier registration is alive.</summary>
    Failed,
}

/// <summary>The state of one SIP user; <paramref name="Last"/> is its newest registration, alive or not.</summary>
public readonly record struct RegistrationStatus(RegistrationState State, Registration? Last);

/// <summary>
/// Who is registered, as dialects see it; it may have to ask elsewhere. Implemented in Switch, for one node; any thread may ask.
/// </summary>
public interface IRegistrations
{
    ValueTask<RegistrationStatus> FindStatusAsync(string user, CancellationToken stop);
}

/// <summary>A registration as it was written last, by whichever node; one that was taken back has lapsed.</summary>
/// <param name="Node">0 for this one.</param>
public sealed record RegistrationAt(int Node, Registration Registration);

/// <param name="Mark">For the next call. What was told may be told again.</param>
public sealed record RegistrationNews(long Mark, IReadOnlyList<RegistrationAt> Changed);

/// <summary>Keeps registrations over a restart. Implemented in Store.</summary>
public interface IRegistrationStore
{
    /// <summary>Those that are still alive.</summary>
    ValueTask<IReadOnlyList<Registration>> LoadAsync(CancellationToken stop);

    /// <summary>Queued, never waits; a failure is the store's to log, for the phone registers again anyway.</summary>
    void Save(Registration registration);

    /// <summary>Queued, never waits.</summary>
    void Remove(string user, string contact);

    /// <summary>
    /// What has become of registrations since another call, at all nodes of the installation. Null where there is one node alone.
    /// </summary>
    /// <param name="since">What that call gave; 0 for all that are alive.</param>
    ValueTask<RegistrationNews?> HearAsync(long since, CancellationToken stop);
}
