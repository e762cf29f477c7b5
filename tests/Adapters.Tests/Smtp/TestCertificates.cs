using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CarrierOptimization.Adapters.Tests.Smtp;

/// <summary>An authority of our own and a server certificate from it, as PEM files.</summary>
internal sealed class TestCertificates
{
    /// <param name="serverName">The name in the server's certificate.</param>
    public TestCertificates(DirectoryInfo folder, string serverName = "localhost")
    {
        CaFile = Path.Combine(folder.FullName, "ca.pem");
        CertificateFile = Path.Combine(folder.FullName, "server.pem");
        KeyFile = Path.Combine(folder.FullName, "server.key");
        DateTimeOffset from = TimeProvider.System.GetUtcNow().AddDays(-1);
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Test authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 root = authority.CreateSelfSigned(from, from.AddDays(30));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest($"CN={serverName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(serverName);
        if (serverName == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 certificate = server.Create(root, from, from.AddDays(20), [1, 2, 3, 4]);
        File.WriteAllText(CaFile, root.ExportCertificatePem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public string CaFile { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    public string[] Arguments(string tls) => ["--cert", CertificateFile, "--key", KeyFile, "--tls", tls];
}
