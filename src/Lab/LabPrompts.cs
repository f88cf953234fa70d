using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Lab;

/// <summary>
/// The lab's voice: real speech where an engine is installed, else a hum of the same length, so that a machine
/// without one still has sound on the line.
/// </summary>
internal sealed class LabPrompts(IPrompts speech) : IPrompts
{
    private const int MillisecondsPerCharacter = 65;

    public async ValueTask<PromptResult> PrepareAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop)
    {
        var result = await speech.PrepareAsync(tenant, source, codec, stop);
        return result.Failure is PromptFailure.SpeechUnavailable && source is PromptSource.Speech spoken
            ? await speech.PrepareAsync(tenant, Hum(spoken.Text), codec, stop)
            : result;
    }

    private static PromptSource.Tone Hum(string text) => new(180, 360, 400, 80, Math.Max(400, text.Length * MillisecondsPerCharacter));
}
