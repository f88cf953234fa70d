using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Texml.Twiml;

/// <summary>Applications that hold the documents of one number, by its <c>VoiceUrl</c>.</summary>
public static class TwimlNumberDocuments
{
    /// <summary>Takes away those that no number has any more.</summary>
    public static Task SweepAsync(Database store, TimeProvider time, CancellationToken stop) =>
        NumberConnections.SweepAsync(store, time, TwimlNumbers.IsOwn, stop);
}
