using Ringwright.Calls;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Run;

namespace Ringwright.Texml.Verbs;

/// <summary>The call is recorded, and goes on meanwhile.</summary>
internal static class RecordingService
{
    /// <inheritdoc cref="StreamService.BeginAsync"/>
    public static async ValueTask<bool> BeginAsync(DocumentCall call, VerbValues values)
    {
        var plan = new RecordPlan
        {
            Id = Guid.CreateVersion7(),
            Format = RecordingFields.FormatOf(call, values),
            IsDual = values.Text("channels") is "dual",
            Track = values.Text("track") switch
            {
                "inbound" => RecordTrack.Inbound,
                "outbound" => RecordTrack.Outbound,
                _ => RecordTrack.Both,
            },
            TrimsSilence = values.Text("trim") is "trim-silence",
            Labels = await RecordingLabels.OfAsync(call, values, RecordingSource.CallApi),
        };
        bool hasBegun = await call.TrySendAsync(new LegCommand.RecordStart(plan), "Recording");
        if (hasBegun) call.Services.Add("Recording", values.Filled("name"), plan.Id);
        return hasBegun;
    }
}
