using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>What an activity sees of its leg. The leg implements it; tests have one that writes down what happens.</summary>
internal interface IActivityHost
{
    Instant Now { get; }
    LegFacts Facts { get; }
    PortId Port { get; }
    /// <summary>SDP name of the codec that the leg sends.</summary>
    string Codec { get; }
    DigitMethod Digits { get; }

    void Emit(CallEvent happened);
    void Post(MediaCommand command);

    /// <summary>Hands over a recording that is over.</summary>
    void Keep(RecordEnd ended);

    /// <summary>Asks for a prompt file in the leg's codec; the result comes back under the returned number.</summary>
    int Prepare(PromptSource source, string codec);

    /// <summary>Sends a key by INFO; false when the party can get none.</summary>
    /// <param name="ended">Gets later whether the party took it.</param>
    bool TryInform(char key, int milliseconds, Action<bool> ended);

    Guid NewId();
}
