using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store.Blobs;
using Ringwright.Store.Blobs;
using Ringwright.Store.Snapshots;

namespace Ringwright.Edge.Store;

public sealed class SnapshotFaultTests
{
    [Fact]
    public async Task A_load_that_nobody_has_foreseen_to_fail_so_keeps_no_other_from_being_loaded()
    {
        var blobs = new RemoteBlobs();
        await using var test = await TestDatabase.ReserveAsync(Product.Sqlite, isMigrated: true);
        test.Blobs = blobs;
        await test.ReopenAsync();
        // What one that was killed has left is taken away before and behind each.
        var left = BlobKey.OfRecording(new TenantId(Guid.NewGuid()), Guid.NewGuid(), RecordFormat.Wav);
        await File.WriteAllTextAsync(Path.Combine(test.Folder, "snapshot.files"), $"{left}\n", TestDatabase.Stop);
        blobs.Fault = new InvalidOperationException("nobody knows why");
        await Assert.ThrowsAsync<InvalidOperationException>(LoadAsync);
        await Assert.ThrowsAsync<InvalidOperationException>(LoadAsync);
        blobs.Fault = null;
        // There is no such file.
        var refused = await Assert.ThrowsAsync<SnapshotException>(LoadAsync);
        Assert.DoesNotContain("is being loaded", refused.Message, StringComparison.Ordinal);

        Task LoadAsync() => test.Database.Snapshots.LoadAsync(Path.Combine(test.Folder, "none.jsonl"), [], static (_, _) => null,
            replaces: false, static () => 1, TestDatabase.Stop);
    }
}
