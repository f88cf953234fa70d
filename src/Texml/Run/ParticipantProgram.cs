using Ringwright.Calls;
using Ringwright.Telnyx.Texml;

namespace Ringwright.Texml.Run;

/// <summary>
/// Commands a leg that was dialled into a conference by itself: it is there for that, and ends when it takes part no longer, if nobody has
/// given it a document meanwhile.
/// </summary>
internal sealed class ParticipantProgram(TexmlParts parts) : ICallProgram
{
    public async ValueTask<ICallProgram?> RunAsync(IProgramCall call)
    {
        var leg = call.Leg;
        var document = new DocumentCall(call, parts, parts.Routing.Current.FindConnection(leg.Tenant, leg.Connection));
        try
        {
            await RunAsync(document);
        }
        catch (CallOverException)
        {
            // Whoever ended it has said so.
        }
        return null;
    }

    private static async ValueTask RunAsync(DocumentCall call)
    {
        try
        {
            // The leg itself asks to be let in, at its answer or before.
            object first = await call.NextAsync(e => e is ConferenceEvent.ParticipantJoined or CallEvent.LegAnswered);
            bool isIn = first is ConferenceEvent.ParticipantJoined
                || await call.NextWithinAsync(Limits.Joining, e => e is ConferenceEvent.ParticipantJoined) is not null;
            if (isIn) await call.NextAsync<ConferenceEvent.ParticipantLeft>();
            await call.SendAsync(new LegCommand.Hangup
            {
                Evidence = isIn ? "It was dialled into a conference, and takes part no longer."
                    : "It was dialled into a conference that did not let it in.",
            });
        }
        catch (ReplacedException)
        {
            await DocumentProgram.RunAsync(call, isReplaced: true);
        }
    }
}
