using System.Collections.Immutable;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Registrations;

/// <summary>
/// Who is registered where, for all shards of the node. Written by the shard that has the registrar,
/// and by the ingress filter when a password was wrong; read by everybody. Each entry is immutable and swapped.
/// What other nodes have taken stands beside it, as this one hears of it.
/// </summary>
public sealed class RegistrationBook(WallAnchor anchor, SipNetworks networks) : IRegistrations
{
    private ImmutableDictionary<string, Entry> _entries = ImmutableDictionary.Create<string, Entry>(StringComparer.Ordinal);

    /// <summary>Users that it knows something of.</summary>
    internal int Count => _entries.Count;

    private ImmutableDictionary<string, ImmutableList<There>> _elsewhere =
        ImmutableDictionary.Create<string, ImmutableList<There>>(StringComparer.Ordinal);

    /// <summary>
    /// Best first; empty when the user is not registered. At other nodes only what comes by datagrams: a connection is its node's alone.
    /// </summary>
    public IReadOnlyList<ContactBinding> Find(string user)
    {
        var here = FindHere(user);
        if (!_elsewhere.TryGetValue(user, out var there)) return here;
        return [.. here.Where(mine => !there.Exists(other => other.Binding.Contact == mine.Contact))
            .Concat(there.Where(other => !other.IsGone && !other.Binding.Flow.IsReliable).Select(other => other.Binding))
            .OrderByDescending(binding => binding.Quality).ThenByDescending(binding => binding.RegisteredAt)];
    }

    /// <summary>Another node that has a registration of the user; null when none has.</summary>
    internal int? FindOtherNode(string user) =>
        _elsewhere.TryGetValue(user, out var there) ? there.Find(other => !other.IsGone)?.Node : null;

    /// <summary>
    /// What was written of registrations by all nodes. A row is of the node that wrote it last, so it goes before
    /// what this one knows of the same contact.
    /// </summary>
    public void Hear(IReadOnlyList<RegistrationAt> changed, DateTimeOffset wall)
    {
        var now = anchor.ToInstant(wall);
        foreach (var (node, registration) in changed)
        {
            var (user, contact) = (registration.User, registration.Contact);
            bool isGone = registration.ExpiresAt <= wall;
            bool isKept = node != 0 && (!isGone || FindHere(user).Any(mine => mine.Contact == contact));
            Change(user,
                there => isKept ? Without(there, contact).Add(new(node, ToBinding(registration, now), isGone)) : Without(there, contact));
        }
    }

    /// <summary>Lets go of what has lapsed at other nodes and of what this one has let go of itself.</summary>
    public void Lapse(DateTimeOffset wall)
    {
        var now = anchor.ToInstant(wall);
        foreach (var (user, _) in _elsewhere)
            Change(user, there => there.RemoveAll(other =>
                other.IsGone ? FindHere(user).All(mine => mine.Contact != other.Binding.Contact) : other.Binding.ExpiresAt <= now));
    }

    private IReadOnlyList<ContactBinding> FindHere(string user) => _entries.TryGetValue(user, out var entry) ? entry.Bindings : [];

    private void Change(string user, Func<ImmutableList<There>, ImmutableList<There>> change) =>
        ImmutableInterlocked.Update(ref _elsewhere, known =>
            change(known.GetValueOrDefault(user, ImmutableList<There>.Empty)) is { IsEmpty: false } left ? known.SetItem(user, left)
                : known.Remove(user));

    private static ImmutableList<There> Without(ImmutableList<There> there, string contact) =>
        there.RemoveAll(other => other.Binding.Contact == contact);

    public RegistrationStatus StatusOf(string user) =>
        _entries.TryGetValue(user, out var entry) ? new(entry.State, entry.Last) : new(RegistrationState.NotRegistered, null);

    public ValueTask<RegistrationStatus> FindStatusAsync(string user, CancellationToken stop) => new(StatusOf(user));

    /// <summary>The user's bindings after a change.</summary>
    internal void Publish(BindingChange change, IReadOnlyList<ContactBinding> bindings)
    {
        var state = bindings.Count > 0 ? RegistrationState.Registered
            : change.Fate is BindingFate.Expired ? RegistrationState.Expired : RegistrationState.Unregistered;
        var shown = bindings.Count > 0 ? bindings.MaxBy(b => b.RegisteredAt)! : change.Binding; // there are some
        var entry = new Entry(bindings, state, ToRegistration(shown));
        ImmutableInterlocked.AddOrUpdate(ref _entries, change.Binding.User, entry, (_, _) => entry);
        // It is this node's again.
        if (change.Fate is BindingFate.Registered && _elsewhere.ContainsKey(change.Binding.User))
            Change(change.Binding.User, there => Without(there, change.Binding.Contact));
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

    internal Registration ToRegistration(ContactBinding binding) => new()
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
        Path = binding.Path,
        Instance = binding.Outbound?.Instance,
        RegId = binding.Outbound?.RegId ?? 0,
        Network = networks.NameOf(binding.Flow.Network),
    };

    internal ContactBinding ToBinding(Registration registration, Instant now) => new()
    {
        User = registration.User,
        Contact = registration.Contact,
        // A connection of an earlier start is gone; over TCP and TLS the phone is tried at the address that it had.
        Flow = networks.On(new(registration.Transport, registration.Remote), registration.Network, now),
        CallId = registration.CallId,
        CSeq = registration.CSeq,
        Quality = registration.Quality,
        UserAgent = registration.UserAgent,
        Path = registration.Path,
        Outbound = registration.Instance is { } instance ? new(instance, registration.RegId) : null,
        RegisteredAt = anchor.ToInstant(registration.RegisteredAt),
        // The wall clock may have been set back while the node was down: no binding lasts longer than a new one would.
        ExpiresAt = Instant.Min(anchor.ToInstant(registration.ExpiresAt), now + RegisterServer.MaximumExpiry),
    };

    /// <param name="IsGone">It was taken back, or has lapsed: what this node knows of the same contact is over too.</param>
    private sealed record There(int Node, ContactBinding Binding, bool IsGone);

    private sealed record Entry(IReadOnlyList<ContactBinding> Bindings, RegistrationState State, Registration? Last);
}
