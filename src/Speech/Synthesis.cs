using Ringwright.Calls;

namespace Ringwright.Speech;

/// <summary>Texts as MP3 files, by the voice that the node has.</summary>
public sealed class Synthesis(ISpeechProvider provider, VoiceBook book, IPromptEncoder encoder) : ISpeech
{
    public IReadOnlyList<SpeechVoice> Voices { get; } = book.Voices();

    public SpeedRange Speeds => provider.Speeds;

    public VoiceStand Find(string voice) => book.Find(voice);

    public async ValueTask<SpokenText> SpeakAsync(PromptSource.Speech speech, CancellationToken stop)
    {
        var stand = book.Find(speech.Voice);
        if (stand.Refusal is { } why) return SpokenText.Failed(PromptFailure.SpeechUnavailable, why);
        speech = speech with { Voice = stand.Voice };
        var rendered = await provider.RenderAsync(speech, stop);
        if (rendered.Bytes is not { } wav) return SpokenText.Failed(rendered.Failure, rendered.Detail ?? "The text could not be spoken.");
        var sound = encoder.Decode(wav);
        if (sound.Failure is not PromptFailure.None)
            return SpokenText.Failed(PromptFailure.Failed, sound.Detail ?? "The text could not be spoken.");
        return encoder.EncodeMp3(sound.Samples, sound.SampleRate, out string? missing) is { } mp3
            ? SpokenText.Of(mp3)
            : SpokenText.Failed(PromptFailure.SpeechUnavailable, missing ?? "MP3 cannot be written on this node.");
    }
}
