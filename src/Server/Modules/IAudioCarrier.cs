using Ringwright.Calls;

namespace Ringwright.Server.Modules;

/// <summary>
/// Brings the audio of live calls to whoever is to have it, for the kinds of orders that a module carries. Called as
/// <see cref="ILiveAudio"/> is; disposed of when calls have ended, before media and egress are.
/// </summary>
internal interface IAudioCarrier : IAsyncDisposable
{
    /// <inheritdoc cref="ILiveAudio.Open"/>
    /// <returns>False, and nothing is told, when the order is of a kind that it does not carry.</returns>
    bool TryOpen(LiveAudioOrder order, Action<LiveAudioNews> tell);

    /// <inheritdoc cref="ILiveAudio.Press"/>
    void Press(Guid id, char key) { }

    /// <inheritdoc cref="ILiveAudio.Finish"/>
    void Finish(TranscriptionOrder order, LegFacts? over) { }

    /// <summary>Ids are unique: who has none of this one does nothing.</summary>
    void Close(Guid id);
}
