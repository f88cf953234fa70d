using Ringwright.Calls;

namespace Ringwright.Uploads;

/// <summary>The bucket has not got it.</summary>
/// <param name="sentence">No word of it comes from the far end, but for codes that <see cref="S3Reasons"/> knows.</param>
internal sealed class UploadException(UploadFault fault, string sentence, Exception? why = null) : Exception(sentence, why)
{
    public UploadFault Fault => fault;
}
