using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telefonie.Calling;

namespace Ringwright.Telefonie.Conferring;

/// <summary>
/// Who is called for a conference, or waits for room, is let go once all have left it: it does not begin again, and whoever answered then
/// would be hung up on.
/// </summary>
public sealed class CalledParticipants(ILogger log) : IProjector
{
    /// <summary>Those who have not answered, and the conference of each.</summary>
    private readonly ConcurrentDictionary<LegId, string> _called = new();

    /// <summary>Those that are over: a call that was asked for just before may begin after.</summary>
    private readonly RecentMap<string, bool> _over = new(1_000);

    /// <summary>Null until calls can be made.</summary>
    public ICallControl? Calls { get; set; }

    /// <summary>On the thread that commits it: what is to be done is done on another one.</summary>
    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (happened is CallEvent call && call.Leg.Labels[TelefonieLabels.Conference] is { } conference)
        {
            if (call is CallEvent.LegInitiated)
            {
                // First this: its conference may end meanwhile.
                _called[call.Leg.Id] = conference;
                if (_over.TryGet(conference, out _) && Calls is { } ready) _ = Task.Run(() => LetGoAsync(ready, call.Leg.Id));
            }
            else if (call is CallEvent.LegAnswered or CallEvent.LegEnded) _called.TryRemove(call.Leg.Id, out _);
        }
        else if (happened is ConferenceEvent.ConferenceEnded ended && Calls is { } calls)
        {
            string over = ended.Conference.Uuid.ToString();
            _over.Set(over, true);
            foreach (var (leg, of) in _called)
                if (of == over) _ = Task.Run(() => LetGoAsync(calls, leg));
        }
        return [];
    }

    private async Task LetGoAsync(ICallControl calls, LegId leg)
    {
        try
        {
            await calls.SendAsync(leg, new LegCommand.Hangup
            {
                Cause = HangupCause.ApiCancel, Evidence = "The conference that it was called for is over.",
            }, CancellationToken.None);
        }
        catch (Exception failed)
        {
            log.ParticipantNotLetGo(failed, leg);
        }
    }
}
