using Microsoft.Extensions.Logging;
using Ringwright.Speech.Recognition;

namespace Ringwright.Speech.Transcription;

/// <summary>One speaker whom a recogniser listens to, whatever it does: it may hang when it is opened, and when it is let go.</summary>
internal sealed class Speaker : IAsyncDisposable
{
    private readonly IRecogniser _recogniser;
    private readonly TranscriptionOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    private Speaker(IRecognition recognition, IRecogniser recogniser, TranscriptionOptions options, TimeProvider time, ILogger log) =>
        (Recognition, _recogniser, _options, _time, _log) = (recognition, recogniser, options, time, log);

    public IRecognition Recognition { get; }

    /// <exception cref="RecognitionException">Nobody listens.</exception>
    public static async Task<Speaker> OpenAsync(IRecogniser recogniser, RecognitionTerms terms, TranscriptionOptions options,
        TimeProvider time, ILogger log, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // On the pool: one that blocks its caller is waited for no longer than one that does not.
        var opening = Task.Run(() => recogniser.OpenAsync(terms, limit.Token), CancellationToken.None);
        bool isTaken = false;
        try
        {
            var recognition = await opening.WaitAsync(options.OpenTimeout, time, stop);
            isTaken = true;
            return new(recognition, recogniser, options, time, log);
        }
        catch (TimeoutException late) when (opening.Exception?.InnerException is not TimeoutException)
        {
            // Ours, whatever became of it since; one of the recogniser's own is passed on.
            throw new RecognitionException($"the recogniser was not ready within {options.OpenTimeout.TotalSeconds:0.#} s", late);
        }
        finally
        {
            if (!isTaken)
            {
                await limit.CancelAsync();
                _ = opening.ContinueWith(async late =>
                {
                    // One that comes after all is not wanted any more.
                    if (late.IsCompletedSuccessfully)
                        await new Speaker(await late, recogniser, options, time, log).DisposeAsync();
                    else _ = late.Exception;
                }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    /// <summary>Never throws, and takes no longer than it may.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.Run(() => Recognition.DisposeAsync().AsTask()).WaitAsync(_options.FarewellTimeout, _time);
        }
        catch (Exception failure)
        {
            _log.NotLetGo(failure, _recogniser.Name);
        }
    }
}
