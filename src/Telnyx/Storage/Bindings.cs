using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Storage;

/// <summary>Files that customers keep with us.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(StorageParts parts) =>
    [
        Handle("ListMediaStorage", op => MediaStorage.List(op, parts)),
        Handle("CreateMediaStorage", op => MediaStorage.Create(op, parts)),
        Handle("GetMediaStorage", op => MediaStorage.Get(op, parts)),
        Handle("UpdateMediaStorage", op => MediaStorage.Update(op, parts)),
        Handle("DeleteMediaStorage", op => MediaStorage.Delete(op, parts)),
        Handle("DownloadMedia", op => MediaStorage.Download(op, parts)),
    ];
}
