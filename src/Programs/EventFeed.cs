using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Programs;

/// <summary>
/// Tells whoever asks inside this process what has been committed, in the order of the commits. Nobody who reads slowly holds up the one
/// who publishes: each has a bound of his own, and beyond it his feed ends.
/// </summary>
public sealed class EventFeed
{
    private readonly ConcurrentDictionary<Subject, FeedReader[]> _subjects = new();
    private readonly ConcurrentDictionary<TenantId, FeedReader[]> _tenants = new();

    /// <summary>
    /// Hears of each subject before any reader does, and again when a leg is handed over or an agent is to talk on it, on the thread that
    /// publishes: who subscribes then misses nothing of it from there on.
    /// </summary>
    public Action<SubjectEvent>? Begun { get; set; }

    /// <summary>Readers at the moment.</summary>
    public int Count => _subjects.Values.Sum(readers => readers.Length) + _tenants.Values.Sum(readers => readers.Length);

    /// <summary>
    /// From now on and up to its <see cref="LifeStage.Last"/>, behind which it ends: what follows that is for readers of the account.
    /// </summary>
    public FeedReader Subscribe(Subject subject, int bound)
    {
        var reader = new FeedReader(bound, left =>
        {
            Remove(_subjects, subject, left);
            foreach (var other in left.Followed) Remove(_subjects, other, left);
        })
        { Main = subject };
        Add(_subjects, subject, reader);
        return reader;
    }

    /// <summary>From now on, whatever happens in the account.</summary>
    public FeedReader Subscribe(TenantId tenant, int bound)
    {
        var reader = new FeedReader(bound, left => Remove(_tenants, tenant, left));
        Add(_tenants, tenant, reader);
        return reader;
    }

    /// <summary>
    /// From now on a reader of one subject hears of another one too, up to its last event; the feed ends with the first subject alone.
    /// </summary>
    public void Follow(FeedReader reader, Subject subject)
    {
        if (reader.Main == subject || !reader.TryFollow(subject)) return;
        Add(_subjects, subject, reader);
        // Who left meanwhile has not found it here.
        if (reader.IsClosed) Remove(_subjects, subject, reader);
    }

    /// <summary>Events of one subject are published one after the other. Never blocks.</summary>
    public void Publish(SubjectEvent happened)
    {
        var stage = happened.Stage;
        if (stage is LifeStage.First || happened is CallEvent.LegHandedOver or CallEvent.AgentStarted) Begun?.Invoke(happened);
        if (_tenants.TryGetValue(happened.Tenant, out var ofTenant)) Post(ofTenant, happened);
        _subjects.TryGetValue(happened.Subject, out var ofSubject);
        // Whoever has a leg hears of it and conferences, too; who hears both is told once.
        if (PartyOf(happened) is { } party && _subjects.TryGetValue(Subject.Of(party), out var ofParty))
            Post(ofSubject is null ? ofParty : [.. ofParty.Except(ofSubject)], happened);
        if (ofSubject is null) return;
        if (stage is not LifeStage.Last) Post(ofSubject, happened);
        else
            foreach (var reader in ofSubject) End(reader, happened);
    }

    private void End(FeedReader reader, SubjectEvent last)
    {
        if (reader.Main == last.Subject)
        {
            reader.Close(FeedEnd.Over, last);
            return;
        }
        reader.Post(last);
        reader.Unfollow(last.Subject);
        Remove(_subjects, last.Subject, reader);
    }

    private static LegId? PartyOf(SubjectEvent happened) => happened is ConferenceEvent.ParticipantJoined joined ? joined.Who.Leg
        : happened is ConferenceEvent.ParticipantLeft left ? left.Who.Leg : null;

    private static void Post(FeedReader[] readers, SubjectEvent happened)
    {
        foreach (var reader in readers) reader.Post(happened);
    }

    private static void Add<TKey>(ConcurrentDictionary<TKey, FeedReader[]> readers, TKey key, FeedReader reader) where TKey : notnull =>
        readers.AddOrUpdate(key, static (_, added) => [added], static (_, others, added) => [.. others, added], reader);

    private static void Remove<TKey>(ConcurrentDictionary<TKey, FeedReader[]> readers, TKey key, FeedReader left) where TKey : notnull
    {
        while (readers.TryGetValue(key, out var all))
        {
            FeedReader[] others = [.. all.Where(reader => reader != left)];
            if (others.Length > 0 ? readers.TryUpdate(key, others, all) : readers.TryRemove(new(key, all))) return;
        }
    }
}
