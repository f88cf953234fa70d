using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>What is to become of one who takes part in a conference. What is not set stays as it is.</summary>
internal sealed record ParticipantChange
{
    public bool? IsMuted { get; init; }
    public bool? IsOnHold { get; init; }
    /// <summary>Heard on hold; silence when not set.</summary>
    public PromptSource? HoldAudio { get; init; }
    /// <summary>Heard while the conference waits to start.</summary>
    public PromptSource? WaitAudio { get; init; }
    public bool? IsCoaching { get; init; }
    /// <summary>Who alone hears one that coaches.</summary>
    public LegId? Coached { get; init; }
    public bool? EndsConference { get; init; }
    public bool? BeepsOnExit { get; init; }
    public IReadOnlyList<DocumentSound> Announcement { get; init; } = [];
    public string AnnounceUrl { get; init; } = "";

    /// <summary>As what he takes part then.</summary>
    public Participation Over(Participation before) => before with
    {
        IsMuted = IsMuted ?? before.IsMuted,
        IsOnHold = IsOnHold ?? before.IsOnHold,
        EndsConference = EndsConference is null && before.EndsConference,
        EndsSoftly = EndsConference ?? before.EndsSoftly,
        Role = IsCoaching is { } coaches ? coaches ? SupervisorRole.Whisper : SupervisorRole.None : before.Role,
        WhispersTo = IsCoaching is null ? before.WhispersTo : Coached is { } coached ? [coached] : [],
    };

    /// <summary>What is seen of it stands in the store.</summary>
    public bool IsDone(Participation part) =>
        (IsMuted ?? part.IsMuted) == part.IsMuted && (IsOnHold ?? part.IsOnHold) == part.IsOnHold
        && (EndsConference is not { } ends || ends == (part.EndsConference || part.EndsSoftly));
}

/// <summary>What the REST operations do to conferences, whatever words they are asked in.</summary>
internal static class ConferenceEffects
{
    /// <summary>All who take part are hung up.</summary>
    public static ValueTask<Ack> EndAsync(ICallControl calls, ConferenceId conference, CancellationToken stop) =>
        calls.SendAsync(Subject.Of(conference), new ConferenceCommand.End(), stop);

    /// <summary>One behind the other.</summary>
    /// <param name="hearers">None for all.</param>
    /// <param name="url">Where they came from.</param>
    public static async ValueTask<Ack> AnnounceAsync(ICallControl calls, ConferenceId conference, IReadOnlyList<LegId> hearers,
        IReadOnlyList<DocumentSound> sounds, string url, CancellationToken stop)
    {
        var id = Guid.CreateVersion7();
        for (int i = 0; i < sounds.Count; i++)
        {
            var play = new ConferenceCommand.Play(hearers, sounds[i].Source, sounds[i].Loops)
            {
                Announcement = new(id, url, IsLast: i == sounds.Count - 1),
            };
            var ack = await calls.SendAsync(Subject.Of(conference), play, stop);
            if (!ack.IsAccepted) return ack;
        }
        return Ack.Accepted;
    }

    /// <returns>Of the first that was refused; the others before it hold.</returns>
    public static async ValueTask<Ack> ChangeAsync(ICallControl calls, ConferenceId conference, LegId leg, ParticipantChange change,
        CancellationToken stop)
    {
        foreach (var command in Commands(leg, change))
        {
            var ack = await calls.SendAsync(Subject.Of(conference), command, stop);
            if (!ack.IsAccepted) return ack;
        }
        return await AnnounceAsync(calls, conference, [leg], change.Announcement, change.AnnounceUrl, stop);
    }

    /// <summary>Of one who is dialled and has not answered: as what he comes in. Refused as of the wrong state once he has.</summary>
    /// <returns>As what he is to take part now, also by what somebody else has changed at the same time.</returns>
    public static async ValueTask<(Ack Ack, Participation As)> ChangeEntryAsync(OperationContext op, VoiceParts parts, LegRow leg,
        ParticipantChange change)
    {
        var part = change.Over(EntryLabels.Read(leg.Labels));
        var labels = EntryLabels.Of(change);
        var ack = await op.Calls.SendAsync(leg.Id, new LegCommand.ChangeEntry
        {
            // What is not asked for stays as somebody else may have just changed it.
            IsMuted = change.IsMuted, IsOnHold = change.IsOnHold, HoldAudio = change.HoldAudio ?? change.WaitAudio,
            EndsSoftly = change.EndsConference, Role = change.IsCoaching is null ? null : part.Role, WhispersTo = part.WhispersTo,
            Labels = labels,
        }, op.Stop);
        if (!ack.IsAccepted) return (ack, part);
        // Whoever reads it next is to find what he has changed.
        var now = await Settling.WaitAsync(op, parts, () => parts.Store.Legs.FindAsync(op.Tenant, leg.Id, op.Stop),
            seen => labels.Values.All(label => seen.Labels[label.Key] == label.Value));
        return (ack, now is null ? part : EntryLabels.Read(now.Labels));
    }

    /// <summary>Out of the conference: its call goes on with its document, if it has one, or ends.</summary>
    public static ValueTask<Ack> LeaveAsync(ICallControl calls, ConferenceId conference, LegId leg, CancellationToken stop) =>
        calls.SendAsync(Subject.Of(conference), new ConferenceCommand.Leave(leg), stop);

    private static IEnumerable<ConferenceCommand> Commands(LegId leg, ParticipantChange change)
    {
        if (change.IsCoaching is { } coaches)
            yield return new ConferenceCommand.Supervise(leg, coaches ? SupervisorRole.Whisper : SupervisorRole.None,
                coaches && change.Coached is { } coached ? [coached] : []);
        if (change.EndsConference is not null || change.BeepsOnExit is not null || change.WaitAudio is not null)
            yield return new ConferenceCommand.Change(leg)
            {
                EndsConference = change.EndsConference, BeepsOnExit = change.BeepsOnExit, HoldAudio = change.WaitAudio,
            };
        if (change.IsMuted is { } isMuted) yield return new ConferenceCommand.Mute([leg], isMuted);
        if (change.IsOnHold is { } isOnHold)
            yield return isOnHold ? new ConferenceCommand.Hold([leg], change.HoldAudio) : new ConferenceCommand.Unhold([leg]);
    }
}
