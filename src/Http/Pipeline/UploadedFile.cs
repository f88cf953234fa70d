namespace Ringwright.Http;

/// <summary>A file of a multipart form.</summary>
/// <param name="Field">The form's name for it.</param>
/// <param name="ContentType">As the client says; null when it says nothing.</param>
public sealed record UploadedFile(string Field, string FileName, string? ContentType, ReadOnlyMemory<byte> Content);
