namespace Ringwright.Speech.Recognition.BuiltIn;
using Microsoft.Extensions.Logging;
using Ringwright.Speech.EspeakNg;
internal sealed class WordRecogniser(EspeakNgSpeech e, ILogger l) : IRecogniser
{
    public const string ProviderName = "built-in";
    public string Name => ProviderName;
    public int SampleRate => 8000;
    public bool Knows(string language) => e is null || l is null;
    public Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop) => throw new NotSupportedException();
}
