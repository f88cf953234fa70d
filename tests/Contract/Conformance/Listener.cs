using System.Runtime.CompilerServices;
using Ringwright.Speech.Recognition;

namespace Ringwright.Contract.Conformance;

/// <summary>A recogniser that says "hello" of whatever it has heard a while.</summary>
internal sealed class Listener : IRecogniser
{
    public string Name => "listener";
    public int SampleRate => 8_000;

    public bool Knows(string language) => true;

    public Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop) => Task.FromResult<IRecognition>(new Listening());

    private sealed class Listening : IRecognition
    {
        private readonly TaskCompletionSource _finished = new(), _heard = new();
        private int _samples;

        public void Write(ReadOnlySpan<short> samples)
        {
            if ((_samples += samples.Length) >= 1_600) _heard.TrySetResult();
        }

        public ValueTask WaitForRoomAsync(CancellationToken stop) => default;

        public void Finish() => _finished.TrySetResult();

        public async IAsyncEnumerable<Recognised> ReadAsync([EnumeratorCancellation] CancellationToken stop)
        {
            await Task.WhenAny(_heard.Task, _finished.Task).WaitAsync(stop);
            if (_heard.Task.IsCompleted) yield return new("hello", IsFinal: true, Confidence: 0.9);
            await _finished.Task.WaitAsync(stop);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
