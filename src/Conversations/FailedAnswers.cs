using Ringwright.Core;

namespace Ringwright.Conversations;

/// <summary>Answers of the brain that broke off, or did not come, turn after turn.</summary>
/// <param name="left">Takes the calls that had begun: what they do is done, whatever became of the answer.</param>
internal sealed class FailedAnswers(ConversationTerms terms, Asking asking, LeftCalls left)
{
    private int _turns;

    /// <summary>One was whole.</summary>
    public void Reset() => _turns = 0;

    /// <summary>What was said of the answer stays; where that is nothing it is asked for again (5.9).</summary>
    /// <param name="reply">What the answer is of.</param>
    /// <returns>What is said in the reply's place, and as what; null when the reply stands.</returns>
    public (string Words, SpokenReply Other)? Judge(SpokenReply reply, Instant now)
    {
        bool isSilent = reply.IsAnswerSilent && !reply.Tools.IsOpen;
        if (terms.EndsBySilence && (!isSilent || reply.HasLeft))
        {
            asking.Cancel();
            reply.Finish();
            reply.IsDone = !reply.Tools.IsOpen;
            _turns = 0;
            return null;
        }
        if (isSilent && asking.TryAgain(now))
        {
            reply.BeginAnswer();
            return null;
        }
        asking.Cancel();
        reply.Finish();
        reply.IsDone = true;
        left.Leave(reply.Tools.ResolveAll("the answer broke off."));
        bool isLast = ++_turns >= Limits.FailedTurns;
        if (!isSilent && !isLast) return null;
        if (!isLast && reply.IsSpeaking)
        {
            // What was said before the tools were called is still heard: it stands behind that.
            reply.SayAside(terms.Apology, now);
            return null;
        }
        return (isLast ? terms.LastWords : terms.Apology, new SpokenReply
        {
            IsKept = false, IsProtected = isLast, Ends = isLast ? EndReason.ProviderFailure : null, Listen = reply.Listen,
        });
    }
}
