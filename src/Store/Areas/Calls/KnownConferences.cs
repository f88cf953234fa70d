using System.Collections.Concurrent;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// The conferences that go on at this node, from the moment at which their first event is on its way: who commands one need not ask the
/// database, which may be away, or not have its row yet.
/// </summary>
internal sealed class KnownConferences
{
    private readonly ConcurrentDictionary<(TenantId Tenant, string Text), ConferenceRow> _rows = new();

    /// <param name="text">Its UUID or its name.</param>
    public ConferenceRow? Find(TenantId tenant, string text) =>
        _rows.GetValueOrDefault((tenant, Guid.TryParse(text, out var uuid) ? uuid.ToString() : text));

    /// <summary>On any thread; of one conference in the order of its events.</summary>
    public void Hear(ConferenceEvent happened, WallAnchor anchor)
    {
        var facts = happened.Conference;
        if (happened is ConferenceEvent.ConferenceBegan began)
        {
            var at = Times.Cut(anchor.ToWall(facts.BeganAt));
            Keep(facts, new()
            {
                Id = facts.Id, Uuid = facts.Uuid, Name = facts.Name, Connection = facts.Creator.Connection,
                Status = began.Terms.StartsAtOnce ? ConferenceStatus.InProgress : ConferenceStatus.Init,
                CreatedAt = at, UpdatedAt = at, ExpiresAt = at + began.Terms.Length,
            });
        }
        else if (happened is ConferenceEvent.ConferenceStarted && Find(facts.Tenant, facts.Uuid.ToString()) is { } row)
            Keep(facts, row with { Status = ConferenceStatus.InProgress, UpdatedAt = Times.Cut(anchor.ToWall(happened.At)) });
        else if (happened is ConferenceEvent.ConferenceEnded) Forget(facts);
    }

    /// <summary>It has ended, or never was.</summary>
    public void Forget(ConferenceFacts facts)
    {
        _rows.TryRemove((facts.Tenant, facts.Uuid.ToString()), out _);
        // Another one may have the name by now.
        if (_rows.TryGetValue((facts.Tenant, facts.Name), out var named) && named.Id == facts.Id)
            _rows.TryRemove(new((facts.Tenant, facts.Name), named));
    }

    private void Keep(ConferenceFacts facts, ConferenceRow row)
    {
        _rows[(facts.Tenant, facts.Uuid.ToString())] = row;
        _rows[(facts.Tenant, facts.Name)] = row;
    }
}
