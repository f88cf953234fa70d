using Ringwright.Calls;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>A recording of a Dial that is of the caller's own leg: he is on the first channel, and it is his call's.</summary>
internal sealed class DialRecording(RecordPlan plan)
{
    public bool HasBegun { get; private set; }

    /// <summary>He is joined to somebody.</summary>
    public async ValueTask BeginAsync(DocumentCall call)
    {
        if (!HasBegun) HasBegun = await call.TrySendAsync(new LegCommand.RecordStart(plan), "record");
    }

    /// <summary>The Dial is over, and the call may go on.</summary>
    public async ValueTask EndAsync(DocumentCall call)
    {
        if (!HasBegun) return;
        try
        {
            await call.SendAsync(new LegCommand.RecordStop(plan.Id));
        }
        catch (CallOverException)
        {
            // It has ended with its call.
        }
    }
}
