using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// What had the audio of a leg when its process was killed: streams, forks, sessions with recording servers, transcriptions. Each that was
/// told as begun is told as ended, before the leg is; of one that was only ordered nobody has heard yet.
/// </summary>
internal static class OpenLiveAudio
{
    private const string Reason = "the node was restarted";

    /// <param name="events">The leg's, in their order.</param>
    public static IReadOnlyList<CallEvent> EndsOf(IEnumerable<SubjectEvent> events, LegFacts leg, Instant at)
    {
        var ends = new List<(Guid Id, CallEvent End)>();
        foreach (var happened in events)
        {
            if (happened is CallEvent.StreamStarted stream)
                ends.Add((stream.Stream, new CallEvent.StreamFailed(stream.Stream, stream.Url, stream.Tracks, Reason)
                {
                    Leg = leg, At = at
                }));
            else if (happened is CallEvent.ForkStarted fork)
                ends.Add((fork.Fork, new CallEvent.ForkStopped(fork.Fork, fork.Terms, Reason) { Leg = leg, At = at }));
            else if (happened is CallEvent.SiprecStarted siprec)
                ends.Add((siprec.Session, new CallEvent.SiprecFailed(siprec.Session, siprec.Connector, Reason) { Leg = leg, At = at }));
            else if (happened is CallEvent.TranscriptionStarted words)
                ends.Add((words.Transcription, new CallEvent.TranscriptionEnded(words.Transcription, words.Tracks, Reason)
                {
                    Leg = leg, At = at
                }));
            else if (EndedBy(happened) is { } ended) ends.RemoveAll(one => one.Id == ended);
        }
        return [.. ends.Select(one => one.End)];
    }

    private static Guid? EndedBy(SubjectEvent happened) =>
        happened is CallEvent.StreamStopped stopped ? stopped.Stream
        : happened is CallEvent.StreamFailed lost ? lost.Stream
        : happened is CallEvent.ForkStopped fork ? fork.Fork
        : happened is CallEvent.SiprecStopped done ? done.Session
        : happened is CallEvent.SiprecFailed failed ? failed.Session
        : happened is CallEvent.TranscriptionEnded words ? words.Transcription
        : null;
}
