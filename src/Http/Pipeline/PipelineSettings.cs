namespace Ringwright.Http;

/// <summary>How the pipeline behaves on this node.</summary>
public sealed record PipelineSettings
{
    /// <summary>Holds replies against their schema and answers 500 when one deviates. For tests and for finding our own faults.</summary>
    public bool IsStrict { get; init; }
    /// <summary>Bytes of a body; multipart and storage bodies may have <see cref="UploadBytes"/>.</summary>
    public long BodyBytes { get; init; } = Limits.BodyBytes;
    public long UploadBytes { get; init; } = 20 * 1024 * 1024;
}
