using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace CarrierOptimization.Adapters.Smtp;

/// <summary>Decides whether a server's certificate is good: by the machine's authorities, or only by those of a file.</summary>
internal sealed class TrustedAuthorities : IDisposable
{
    private readonly X509Certificate2Collection _authorities = [];
    private readonly X509RevocationMode _revocation;

    /// <exception cref="System.Security.Cryptography.CryptographicException">The file is not PEM.</exception>
    public TrustedAuthorities(string caFile, bool checksRevocation)
    {
        _revocation = checksRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
        if (caFile.Length > 0)
        {
            _authorities.ImportFromPemFile(caFile);
        }
    }

    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (_authorities.Count == 0)
        {
            return errors == SslPolicyErrors.None;
        }

        // The name must fit in any case; the file decides about the authority only.
        if (certificate is not X509Certificate2 server
            || (errors & (SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable)) != 0)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        own.ChainPolicy.RevocationMode = _revocation;
        own.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        foreach (X509ChainElement element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return own.Build(server);
    }

    public void Dispose()
    {
        foreach (X509Certificate2 authority in _authorities)
        {
            authority.Dispose();
        }
    }
}
