using Ringwright.Calls;

namespace Ringwright.Speech;

/// <summary>Turns text into a WAV file, or an MP3.</summary>
public interface ISpeechProvider
{
    /// <summary>Name and whatever else makes its output differ (a model); part of the cache key.</summary>
    string Identity { get; }

    /// <summary>The voices that it has, in the names that customers use.</summary>
    IReadOnlyList<SpeechVoice> Voices { get; }

    /// <summary>Whether a name of a vendor's means here what it means there.</summary>
    bool Speaks(string voice) => false;

    /// <inheritdoc cref="ISpeech.Speeds"/>
    SpeedRange Speeds { get; }

    /// <summary>Never throws for what the text, the provider or the network does wrong; only <paramref name="stop"/> cancels.</summary>
    ValueTask<AudioResult> RenderAsync(PromptSource.Speech speech, CancellationToken stop);
}
