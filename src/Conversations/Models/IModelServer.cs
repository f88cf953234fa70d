namespace Ringwright.Conversations.Models;

/// <summary>Where models are asked. What is known of HTTP, keys and time is behind it.</summary>
public interface IModelServer
{
    /// <summary>Sends one request, and tells what comes of it from any thread, one after the other.</summary>
    /// <param name="request">By which it is cancelled.</param>
    /// <param name="body">JSON, sent as it is.</param>
    void Post(int request, ModelEndpoint to, ReadOnlyMemory<byte> body, Action<ModelNews> tell);

    /// <summary>Nothing of it is wanted any more, and the server is to know.</summary>
    void Cancel(int request);
}

/// <summary>What came of a request; the last one is <see cref="Ended"/>, <see cref="Filtered"/> or <see cref="Failed"/>.</summary>
public abstract record ModelNews
{
    private ModelNews() { }

    /// <summary>The next ones of the answer's body, valid until the call returns.</summary>
    public sealed record Bytes(ReadOnlyMemory<byte> Bits) : ModelNews;

    public sealed record Ended : ModelNews;

    /// <summary>The server will not have the model asked this.</summary>
    public sealed record Filtered : ModelNews;

    /// <param name="Why">As part of a sentence, without keys and without what was said.</param>
    public sealed record Failed(string Why) : ModelNews;
}
