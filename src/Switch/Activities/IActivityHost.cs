using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>The media port that something lasts on: a leg's, or a conference's.</summary>
internal interface IPortHost
{
    Instant Now { get; }
    PortId Port { get; }

    void Post(MediaCommand command);
}

/// <summary>What a queue of sounds sees of it.</summary>
internal interface IPromptHost : IPortHost
{
    /// <summary>SDP name of the codec that prompt files are wanted in.</summary>
    string Codec { get; }

    /// <summary>Asks for a prompt file in that codec; the result comes back under the returned number.</summary>
    int Prepare(PromptSource source, string codec);

    Guid NewId();
}

/// <summary>What recordings see of it.</summary>
internal interface IRecordHost : IPortHost
{
    /// <summary>The leg whose recordings they are.</summary>
    LegFacts Facts { get; }

    void Emit(CallEvent happened);

    /// <summary>Hands over a recording that is over.</summary>
    void Keep(RecordEnd ended);
}

/// <summary>What an activity sees of its leg. The leg implements it; tests have one that writes down what happens.</summary>
internal interface IActivityHost : IPromptHost, IRecordHost
{
    DigitMethod Digits { get; }

    /// <summary>How the call's audio is coded.</summary>
    StreamFormat Format { get; }

    /// <summary>The node carries live audio to whoever is to have it.</summary>
    bool HasLiveAudio { get; }

    /// <summary>What becomes of it comes back as news of its id.</summary>
    void OpenLiveAudio(LiveAudioOrder order);

    /// <summary>The party pressed a key; its media stream is told.</summary>
    void PressOnLiveAudio(Guid order, char key);

    void CloseLiveAudio(Guid order);

    /// <summary>The last of it still comes back as news; none does when the leg is over.</summary>
    void FinishLiveAudio(TranscriptionOrder order, bool isOver);

    /// <summary>Sends a key by INFO; false when the party can get none.</summary>
    /// <param name="ended">Gets later whether the party took it.</param>
    bool TryInform(char key, int milliseconds, Action<bool> ended);
}
