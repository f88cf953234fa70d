using System.Collections.Immutable;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Registrations;

/// <summary>
/// Who is registered where, for all shards of the node. Written by the shard that has the registrar, and by the front door when a password was wrong;
/// read by everybody. Each entry is immutable and swapped.
/// </summary>
public sealed class RegistrationBook(WallAnchor anchor) : IRegistrations
{
    private ImmutableDictionary<string, Entry> _entries = ImmutableDictionary.Create<string, Entry>(StringComparer.Ordinal);

    /// <summary>Users that it knows something of.</summary>
    internal int Count => _entries.Count;

    /// <summary>Best first; empty when the user is not registered.</summary>
    public IReadOnlyList<Binding> Find(string user) => _entries.TryGetValue(user, out var entry) ? entry.Bindings : [];

    public RegistrationStatus StatusOf(string user) =>
        _entries.TryGetValue(user, out var entry) ? new(entry.State, entry.Last) : new(RegistrationState.NotRegistered, null);

    public ValueTask<RegistrationStatus> FindStatusAsync(string user, CancellationToken stop) => new(StatusOf(user));

    /// <summary>The user's bindings after a change.</summary>
    internal void Publish(BindingChange change, IReadOnlyList<Binding> bindings)
    {
        var state = bindings.Count > 0 ? RegistrationState.Registered
            : change.Fate is BindingFate.Expired ? RegistrationState.Expired : RegistrationState.Unregistered;
        var shown = bindings.Count > 0 ? bindings.MaxBy(b => b.RegisteredAt)! : change.Binding; // there are some
        var entry = new Entry(bindings, state, ToRegistration(shown));
        ImmutableInterlocked.AddOrUpdate(ref _entries, change.Binding.User, entry, (_, _) => entry);
    }

    /// <summary>Somebody tried a wrong password. For users that exist only, so that strangers cannot fill the book.</summary>
    internal void NoteFailure(string user) =>
        ImmutableInterlocked.AddOrUpdate(ref _entries, user, new Entry([], RegistrationState.Failed, null),
            static (_, old) => old.Bindings.Count > 0 ? old : old with { State = RegistrationState.Failed });

    /// <summary>Lets go of those who are registered nowhere and exist no more: credentials may be made for a single call.</summary>
    internal void Forget(Func<string, bool> isUser)
    {
        foreach (var (user, entry) in _entries)
            if (entry.Bindings.Count == 0 && !isUser(user)) ImmutableInterlocked.TryRemove(ref _entries, user, out _);
    }

    internal Registration ToRegistration(Binding binding) => new()
    {
        User = binding.User,
        Contact = binding.Contact,
        Transport = binding.Flow.Transport,
        Remote = binding.Flow.Remote,
        CallId = binding.CallId,
        CSeq = binding.CSeq,
        Quality = binding.Quality,
        UserAgent = binding.UserAgent,
        RegisteredAt = anchor.ToWall(binding.RegisteredAt),
        ExpiresAt = anchor.ToWall(binding.ExpiresAt),
    };

    internal Binding ToBinding(Registration registration, Instant now) => new()
    {
        User = registration.User,
        Contact = registration.Contact,
        // A connection of an earlier start is gone; over TCP and TLS the phone is tried at the address that it had.
        Flow = new SipFlow(registration.Transport, registration.Remote),
        CallId = registration.CallId,
        CSeq = registration.CSeq,
        Quality = registration.Quality,
        UserAgent = registration.UserAgent,
        RegisteredAt = anchor.ToInstant(registration.RegisteredAt),
        // The wall clock may have been set back while the node was down: no binding lasts longer than a new one would.
        ExpiresAt = Instant.Min(anchor.ToInstant(registration.ExpiresAt), now + RegisterServer.MaximumExpiry),
    };

    private sealed record Entry(IReadOnlyList<Binding> Bindings, RegistrationState State, Registration? Last);
}
