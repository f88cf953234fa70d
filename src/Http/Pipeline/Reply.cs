using Microsoft.Extensions.Primitives;

namespace Ringwright.Http;

/// <summary>What goes back: a status and the bytes of the body. Made through <see cref="OperationContext"/>.</summary>
public sealed class Reply
{
    public required int Status { get; init; }
    public ReadOnlyMemory<byte> Body { get; init; }
    /// <summary>Null when there is no body.</summary>
    public string? ContentType { get; init; }
    public IReadOnlyList<KeyValuePair<string, StringValues>> Headers { get; init; } = [];
    /// <summary>Writes a body that comes bit by bit, in place of <see cref="Body"/>; the token ends when the client goes.</summary>
    public Func<Stream, CancellationToken, Task>? Stream { get; init; }
    /// <summary>A file in place of <see cref="Body"/>, which is closed when it is given.</summary>
    public FileBody? File { get; init; }
    /// <summary>True when the client has all of it, as after a socket.</summary>
    public bool IsSent { get; init; }
    /// <summary>True for an error body, which is not held against the reply schema.</summary>
    public bool IsProblem { get; init; }

    /// <summary>The same with another status.</summary>
    public Reply WithStatus(int status) => new()
    {
        Status = status, Body = Body, ContentType = ContentType, Stream = Stream, File = File, IsSent = IsSent, IsProblem = IsProblem,
        Headers = Headers,
    };

    /// <summary>The same with one more header.</summary>
    public Reply With(string name, string value) => new()
    {
        Status = Status, Body = Body, ContentType = ContentType, Stream = Stream, File = File, IsSent = IsSent, IsProblem = IsProblem,
        Headers = [.. Headers, new(name, value)],
    };
}

/// <param name="Name">Under which it is saved; null shows it.</param>
public sealed record FileBody(Stream Content, string? Name, DateTimeOffset ChangedAt);
