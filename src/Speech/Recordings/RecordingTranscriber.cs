using System.Text;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Speech.Recognition;
using Ringwright.Speech.Transcription;

namespace Ringwright.Speech.Recordings;

/// <summary>Writes down what is said on recordings, each channel by a recognition of its own.</summary>
/// <param name="find">The recogniser of that name, or the node's usual one for null; null when there is none.</param>
/// <param name="patience">For a recogniser to do anything at all; null for the usual time.</param>
public sealed class RecordingTranscriber(Func<string?, IRecogniser?> find, TimeProvider time, ILogger log, TimeSpan? patience = null)
    : IRecordingTranscriber
{
    private readonly TimeSpan _patience = patience ?? Transcription.Limits.RecordingPatience;
    /// <summary>Nobody is on the line: a recogniser may take long to be ready, too.</summary>
    private readonly TranscriptionOptions _options = new() { OpenTimeout = patience ?? Transcription.Limits.RecordingPatience };

    public async Task<string> WriteDownAsync(Stream file, RecordFormat format, RecordTranscription wanted, CancellationToken stop) =>
        (await HearAsync(file, format, wanted, stop)).Text;

    public async Task<HeardFile> HearAsync(Stream file, RecordFormat format, RecordTranscription wanted, CancellationToken stop)
    {
        if (find(wanted.Recogniser) is not { } recogniser)
            throw new NotTranscribedException("the recogniser is not configured on this node", isForGood: false);
        using var audio = await RecordedAudio.OpenAsync(file, format, stop);
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stop);
        int[] channels = ChannelsOf(audio.Channels, wanted.Track);
        var listeners = new List<RecordingListener>(channels.Length);
        try
        {
            var terms = new RecognitionTerms(wanted.Language, HasInterim: false) { Model = wanted.Model };
            foreach (int channel in channels)
            {
                var speaker = await Speaker.OpenAsync(recogniser, terms, _options, time, log, life.Token);
                listeners.Add(new(speaker, channel, audio.SampleRate, recogniser.SampleRate,
                    _patience, time, life.Token));
            }
            short[] block = new short[audio.SampleRate / 10 * audio.Channels];
            long samples = 0;
            while (await audio.ReadAsync(block, life.Token) is > 0 and int count)
            {
                samples += count / audio.Channels;
                foreach (var listener in listeners) await listener.WriteAsync(block.AsMemory(0, count), audio.Channels);
            }
            foreach (var listener in listeners) await listener.FinishAsync();
            foreach (var listener in listeners) await listener.HearOutAsync();
            // The sort keeps the order of what is of one time.
            var said = listeners.SelectMany(listener => listener.Said).OrderBy(one => one.At).ToList();
            return new(TextOf(said), TimeSpan.FromSeconds(samples / (double)audio.SampleRate),
                [.. said.Select(one => new HeardPiece(one.At, one.To, one.Text))]);
        }
        catch (RecognitionException failed)
        {
            throw new NotTranscribedException(ResultText.ReasonOf(failed), isForGood: false, failed);
        }
        finally
        {
            await life.CancelAsync();
            await Task.WhenAll(listeners.Select(listener => listener.DisposeAsync().AsTask()));
        }
    }

    /// <summary>The party is on the left; a single channel is of whoever was recorded.</summary>
    private static int[] ChannelsOf(int channels, RecordTrack track) => (channels, track) switch
    {
        (1, _) or (_, RecordTrack.Inbound) => [0],
        (_, RecordTrack.Outbound) => [1],
        _ => [0, 1],
    };

    /// <summary>A line for each turn.</summary>
    private static string TextOf(IEnumerable<Said> said)
    {
        var text = new StringBuilder();
        int? before = null;
        foreach (var (_, _, channel, words) in said)
        {
            if (before is not null) text.Append(channel == before ? ' ' : '\n');
            text.Append(words);
            before = channel;
        }
        return text.ToString();
    }
}
