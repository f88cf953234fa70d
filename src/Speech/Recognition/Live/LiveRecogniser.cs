using Microsoft.Extensions.Logging;
using Ringwright.Egress;

namespace Ringwright.Speech.Recognition.Live;

/// <summary>Recognises by a vendor's WebSocket, which hears all audio and answers while somebody speaks.</summary>
internal sealed class LiveRecogniser(LiveProvider provider, RecognitionOptions options, EgressClient egress, TimeProvider clock,
    ILogger log) : IRecogniser
{
    public string Name => provider.Name;

    public int SampleRate => provider.SampleRate;

    public bool Knows(string language) => provider.Knows(language);

    public async Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop)
    {
        var protocol = provider.Begin(terms, SampleRate);
        if (protocol.HintsLeftOut > 0) log.HintsLeftOut(Name, protocol.HintsLeftOut);
        var result = await egress.OpenSocketAsync(new()
        {
            Url = protocol.Url,
            Headers = protocol.Headers,
            Timeout = options.OpenTimeout,
            PingInterval = options.Ping,
            PongTimeout = options.Ping,
            IsOperatorConfigured = true,
        }, stop);
        if (result.Socket is not { } socket)
        {
            Metrics.RecognitionFailed.Add(1, new KeyValuePair<string, object?>("recogniser", Name));
            throw new RecognitionException($"the recogniser cannot be reached: {result.Detail?.TrimEnd('.')}");
        }
        var recognition = new LiveRecognition(this, protocol, socket, options, clock, log);
        try
        {
            if (protocol.HasGreeting) await recognition.GreetAsync(stop);
            recognition.Start();
            return recognition;
        }
        catch
        {
            await recognition.DisposeAsync();
            throw;
        }
    }
}
